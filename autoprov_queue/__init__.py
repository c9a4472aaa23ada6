"""Service: the durable queue of detected phones, and of orders about them, on SQLAlchemy Core."""
