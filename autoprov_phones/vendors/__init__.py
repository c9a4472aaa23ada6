"""The makes we know, one module each, listed by hand."""
