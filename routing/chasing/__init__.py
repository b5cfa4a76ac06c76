"""What is due when, in each person's own working time."""
