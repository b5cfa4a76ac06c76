"""Tests of `routing.forgetting`."""
