"""What ``autoprov init`` leaves behind: a settings file, secrets and an empty state directory."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from autoprov.settings.secret_files import new_secrets, write_secrets
from autoprov.settings.template import settings_text

SETTINGS_FILE = "autoprov.toml"


@dataclass(frozen=True, slots=True)
class Initialised:
    """The settings file, and what was written now; everything else was there and was left alone."""

    settings_file: Path
    written: list[Path]


def initialise(directory: Path, *, address: str | None) -> Initialised:
    """Write settings and secrets into *directory*; nothing that is there is touched.

    *address* is the host that phones are told; without it, this machine's address on its default route.

    Raises:
        OSError: the directory cannot be written.
    """
    directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    settings_file = directory / SETTINGS_FILE
    written: list[Path] = []
    try:
        descriptor = os.open(settings_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(settings_text(address=address or own_address()))
        written.append(settings_file)
    return Initialised(settings_file, written + write_secrets(directory / "secrets", new_secrets()))


def own_address() -> str:
    """The address of the interface towards the default route; loopback where there is none. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737 documentation address: only the route is looked up
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
