"""Tests of `routing.rules`."""
