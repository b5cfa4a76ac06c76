"""Tests of `routing.hazards`."""
