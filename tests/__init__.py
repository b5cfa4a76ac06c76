"""What Countersign promises, checked."""
