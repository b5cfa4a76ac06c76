"""The two dialects of CODEOWNERS."""
