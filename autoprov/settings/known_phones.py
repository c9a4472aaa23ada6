"""The ``[known_phones]`` table: who says which phones to leave alone, where the config system lists none."""

from pathlib import Path

from autoprov.settings.reader import TableReader
from autoprov_worker.known_phones import KnownPhonesSettings


def read_known_phones_table(table: TableReader, base: Path) -> KnownPhonesSettings | None:
    """None where nobody says it; relative paths start at *base*."""
    tftproot = table.text("tftproot", "", meaning="a path")
    phone_list = table.text("list", "", meaning="a path")
    max_age = table.duration("list_max_age", "1d")
    if not tftproot and not phone_list:
        return None
    return KnownPhonesSettings(
        tftproot=base / tftproot if tftproot else None,
        phone_list=base / phone_list if phone_list else None,
        list_max_age=max_age,
    )
