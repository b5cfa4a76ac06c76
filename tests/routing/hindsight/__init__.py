"""Tests of `routing.hindsight`."""
