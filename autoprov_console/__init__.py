"""What the superadmin looks at."""
