"""Requests that say ``Expect: 100-continue`` (RFC 9110 §10.1.1).

Waitress says 100 to each of them, and then waits for a body even where the header has said that there is none, or that
it will not be read: for a GET, for a Content-Length of 0, one that is nonsense, one that is too large.
"""

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser


class _Parser(HTTPRequestParser):
    """Waitress's, which expects nothing more of a request that is whole."""

    def received(self, data: bytes) -> int:
        """As waitress's: how much of *data* was of this request."""
        consumed = super().received(data)
        if self.completed:
            self.expect_continue = False
        return consumed


class Channel(HTTPChannel):
    """Waitress's connection, which says 100 only where a body is to follow."""

    parser_class = _Parser
