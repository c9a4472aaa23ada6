"""What the console is told of its installation."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """*host_names* are those the page may be called by, besides ``localhost`` and any IP address.

    *line_registrar* and *line_registrar_port* stand in the form for a line of another registrar, to be changed there.
    """

    line_registrar: str = ""
    line_registrar_port: int = 5060
    host_names: tuple[str, ...] = ()
    rows_per_page: int = 20
    refresh_every: timedelta = timedelta(seconds=5)
