"""A GitHub of our own for the tests: stateful, strict, over HTTP."""
