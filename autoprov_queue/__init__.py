"""Service: the durable queue between the registrar hook and the worker."""
