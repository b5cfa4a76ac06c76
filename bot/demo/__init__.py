"""The demo: a small company, its repository and a few changes, with the real bot between."""
