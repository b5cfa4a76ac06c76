"""What people say to a review: each answer is taken in, or refused with the reason."""
