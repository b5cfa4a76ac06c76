"""The files people write: text in, typed values or every problem out."""
