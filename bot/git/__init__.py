"""Reading a git clone, with git itself."""
