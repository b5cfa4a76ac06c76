"""Speed, measured beside the alternatives; `python -m bench.owners`."""
