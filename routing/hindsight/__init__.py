"""What the past tells: which grades came true, and what another policy would have come to."""
