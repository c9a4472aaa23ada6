"""WSGI applications behind sockets."""
