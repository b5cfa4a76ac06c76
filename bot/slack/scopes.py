"""What the app asks Slack for; `manifest.yml` says the same, and a test holds them together."""

from __future__ import annotations

SCOPES = frozenset(
    {
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:read",
        "im:write",
        "links:read",
        "links:write",
        "users:read",
        "users:read.email",
    }
)

LOOKING_BACK = frozenset({"channels:history", "groups:history", "im:history"})
"""What an admin may grant besides, nowhere asked for: with it the bot looks whether a message whose
answer was lost was posted after all; without it such a message may come twice."""
