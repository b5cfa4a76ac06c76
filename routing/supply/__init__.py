"""What a change does to the project's dependencies."""
