"""What the app asks Slack for; `manifest.yml` says the same, and a test holds them together."""

from __future__ import annotations

SCOPES = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "links:read",
        "links:write",
        "users:read",
        "users:read.email",
    }
)
