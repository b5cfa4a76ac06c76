"""Tests of `routing.files`."""
