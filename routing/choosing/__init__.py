"""Who is asked: everybody in order, who can be asked now, and as few as fill every place."""
