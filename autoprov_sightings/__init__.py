"""Service: what was seen of each phone, and when."""
