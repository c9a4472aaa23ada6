"""What keeps the worker from its spool."""


class SpoolUnavailable(Exception):
    """The spool cannot be read or written now; whoever called tries again later."""
