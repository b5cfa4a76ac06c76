"""Tests of what people see, say and click in Slack."""
