"""``autoprov setup``: five answers become an installation."""
