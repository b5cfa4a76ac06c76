"""Tests of `routing.knowledge`."""
