"""What phones fetch."""
