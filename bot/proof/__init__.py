"""Proof that nobody touched the ledger: its key, checkpoints outside the database, exports."""
