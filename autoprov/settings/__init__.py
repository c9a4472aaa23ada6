"""The settings: read, checked, and told to the rooms."""
