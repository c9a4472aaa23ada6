"""Log lines that tell the story of one phone: message, then its facts, on one line of printable text."""

import logging
import sys
from typing import TextIO

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
MAX_FACT = 300
"""Characters of one fact; what a phone sends must not flood the log."""


class FactFormatter(logging.Formatter):
    """``TIME LEVEL logger: message key=value ...``; control characters are shown as escapes.

    ``grep mac=0004f2abcdef`` then gives one phone's story.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line without a traceback."""
        facts = " ".join(f"{key}={_shown(value)}" for key, value in vars(record).items() if key not in _PLAIN)
        # A library's message may quote what a stranger sent.
        record.message = "".join(sign if sign.isprintable() else _escaped(sign) for sign in record.message)
        line = super().formatMessage(record)
        return f"{line} {facts}" if facts else line


def set_up_logs(*, level: int, stream: TextIO | None = None) -> None:
    """Log to *stream* (stderr by default) what is of *level* and above; of other people's chatter only warnings."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(FactFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("urllib3", "waitress", "werkzeug", "asyncio"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def _shown(value: object) -> str:
    text = str(value)
    if len(text) > MAX_FACT:
        text = text[:MAX_FACT] + "..."
    if text and text.isprintable() and not any(character in text for character in ' "\\'):
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else character.encode("unicode_escape").decode()
