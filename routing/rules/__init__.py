"""The policy's rules on one change: which apply, who qualifies, and what is still missing."""
