"""What the edges promise."""
