"""The HTTP face: webhooks, Slack's requests, health."""
