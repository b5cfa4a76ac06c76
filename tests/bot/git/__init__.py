"""Tests of reading a clone."""
