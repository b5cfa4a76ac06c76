"""Tests of `routing.ai`."""
