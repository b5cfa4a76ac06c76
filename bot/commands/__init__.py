"""The commands of `countersign`, one module each."""
