"""The embedded config system: a small phone inventory behind sipXconfig's REST API."""
