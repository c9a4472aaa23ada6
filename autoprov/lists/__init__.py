"""Phones and users, in and out of tables."""
