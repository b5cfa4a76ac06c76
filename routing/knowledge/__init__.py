"""What people know of the code, as the history of its paths tells it."""
