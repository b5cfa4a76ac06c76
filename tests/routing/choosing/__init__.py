"""Tests of `routing.choosing`."""
