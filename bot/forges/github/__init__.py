"""GitHub behind the `Forge` protocol."""
