"""The ``[queue]`` table: where detected phones wait for the worker, and for how long one may keep a phone to itself."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from autoprov.settings.reader import TableReader

FILE = "queue.sqlite"
_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(minutes=30)
# No password: the file is for many eyes, and so is what is told of it.
_URL = r"postgresql://[^:@/?#\s]+@(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.\-]*)(:[0-9]+)?/[^:@/?#\s]+(\?host=/[^?#&\s]+)?"


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """*url* is a PostgreSQL's without a password; empty: an SQLite file in the state directory.

    *lease* is how long a worker may keep a phone: after it, the phone of one that died is another's.
    """

    url: str
    lease: timedelta

    def address(self, state_directory: Path, password: str | None) -> str:
        """SQLAlchemy's URL, the password in it."""
        if not self.url:
            return f"sqlite:///{state_directory / FILE}"
        if password is None:
            return self.url
        user, _, server = self.url.partition("@")
        return f"{user}:{quote(password, safe='')}@{server}"


def read_queue(table: TableReader) -> QueueSettings:
    """The table's settings."""
    given = table.values.get("url")
    if isinstance(given, str) and "@" in given and ":" in given.partition("://")[2].rpartition("@")[0]:
        table.problems.append(f"[{table.name}] url: holds a password; put it into secrets/queue-password, mode 0600")
        table.values["url"] = ""
    lease = table.duration("lease", "5m")
    if not _SHORTEST <= lease <= _LONGEST:
        table.problems.append(f"[{table.name}] lease: should be from 1s to 30m")
        lease = _LONGEST
    return QueueSettings(
        url=table.text(
            "url", "", pattern=_URL, meaning="an address such as postgresql://autoprov@db.example.org/autoprov"
        ),
        lease=lease,
    )
