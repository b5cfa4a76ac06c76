"""Tests of `routing.owners`."""
