"""A Slack workspace on this machine, for trying Countersign and for the tests."""
