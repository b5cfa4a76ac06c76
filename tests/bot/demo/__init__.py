"""Tests of the demo's settings."""
