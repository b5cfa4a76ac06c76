"""What the ledger tells in figures: read, put into words, drawn."""
