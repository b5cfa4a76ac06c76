"""Tests of `routing.answering`."""
