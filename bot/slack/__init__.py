"""Slack: what people see, say and click."""
