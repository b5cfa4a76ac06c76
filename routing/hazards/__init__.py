"""How risk is found: kinds of files, what their patches do, and the weights."""
