"""Re-sync: telling a phone to fetch its files again, by whatever way reaches it."""
