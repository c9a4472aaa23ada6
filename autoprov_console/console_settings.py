"""What the console is told of its installation."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """*host_names* are those the page may be called by, besides ``localhost`` and any IP address.

    *serves_own_files*: assigned phones fetch their files from us, not from the PBX.
    *line_registrar* and *line_registrar_port* stand in the form for a line of another registrar, to be changed there.
    """

    line_registrar: str = ""
    line_registrar_port: int = 5060
    host_names: tuple[str, ...] = ()
    serves_own_files: bool = False
    rows_per_page: int = 20
    refresh_every: timedelta = timedelta(seconds=5)
