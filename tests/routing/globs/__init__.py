"""Tests of `routing.globs`."""
