"""Tests of `routing.supply`."""
