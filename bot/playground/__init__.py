"""A Slack workspace on this machine, for trying Countersign without an account and for the tests."""
