"""Top floor: settings, the composition root, the command line."""
