"""Who should be asked: a sum of terms over the evidence of past changes, and its yardsticks."""
