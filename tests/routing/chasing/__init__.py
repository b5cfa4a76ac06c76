"""Tests of `routing.chasing`."""
