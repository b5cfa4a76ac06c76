"""Forgetting a person: by what they go, where they are named, and what is left in their place."""
