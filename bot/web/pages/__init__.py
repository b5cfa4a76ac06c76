"""What the pages show, as values; the templates only lay it out."""
