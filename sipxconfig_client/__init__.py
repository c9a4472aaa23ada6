"""Service: sipXconfig's REST API as typed calls and answers."""
