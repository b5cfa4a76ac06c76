"""GitLab behind the `Forge` protocol."""
