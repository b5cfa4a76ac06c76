"""Tests of `routing.ranking`."""
