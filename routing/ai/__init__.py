"""How provenance is found: the catalogue of signals and the reading of messages."""
