"""A GitLab of our own for the tests: stateful, strict, over HTTP."""
