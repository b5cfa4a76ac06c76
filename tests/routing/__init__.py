"""What the pure decisions promise."""
