"""What Countersign remembers, kept in SQLite and spoken of in values."""
