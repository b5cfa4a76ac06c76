"""The places where merge requests live, behind one protocol."""
