"""The playground and the pages in a real browser."""
