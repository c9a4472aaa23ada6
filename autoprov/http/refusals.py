"""What waitress refuses by itself, or an application fails at, in words after which a phone goes on.

Waitress says 400, 431, 501 and 500, where phones stop. They are told 404 and 503, as by Apache with our configuration.
"""

from socket import SHUT_WR
from typing import cast

from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask

from autoprov.http.expectation import Channel
from autoprov_web.answer import PHRASES, not_found, try_later

_TOO_LARGE = 413
"""A log that will not be taken: the phone is to shorten it, so it may hear so."""
_BROKEN = 500
_RETRY_AFTER = 60.0
_MOST_DROPPED = 16 << 20


class _Refusal(ErrorTask):
    """Waitress's answer to a request that no application sees, in our words."""

    def execute(self) -> None:
        """Write the answer; the connection ends with it, for nobody knows where the next request would begin."""
        cast(PhoneChannel, self.channel).is_refused = True
        code = _code(self)
        if code == _TOO_LARGE:
            super().execute()
            return
        given = try_later("the application failed", retry_after=_RETRY_AFTER) if code == _BROKEN else not_found()
        self.status = f"{given.status} {PHRASES[given.status]}"
        self.response_headers = given.headers
        self.content_length = len(given.body)
        self.set_close_on_finish()
        self.write(given.body)


class PhoneChannel(Channel):
    """Waitress's connection to a phone.

    After a refusal what the phone still sends is dropped before we hang up: a reset would take the answer away that it
    has not read yet. For as long as waitress lets an idle connection be, and no more than so many bytes.
    """

    error_task_class = _Refusal
    is_refused = False
    _is_lingering = False
    _dropped = 0

    def handle_close(self) -> None:
        """As waitress's, or first say that there is nothing more to come."""
        if not self.is_refused or self._is_lingering:
            super().handle_close()
            return
        self._is_lingering, self.will_close = True, False
        assert self.socket is not None, "it was connected"
        try:
            self.socket.shutdown(SHUT_WR)
        except OSError:
            super().handle_close()

    def handle_read(self) -> None:
        """As waitress's, or drop what comes."""
        if not self._is_lingering:
            super().handle_read()
            return
        try:
            data = self.recv(self.adj.recv_bytes)
        except OSError:
            data = b""
        self._dropped += len(data)
        if not data or self._dropped > _MOST_DROPPED:
            super().handle_close()


def _code(task: ErrorTask) -> int:
    # Waitress's stubs take the request for its error.
    error = cast(HTTPRequestParser, task.request).error
    assert error is not None, "waitress makes this task for an error alone"
    return error.code
