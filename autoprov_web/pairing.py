"""A phone that an administrator lets in for a while without its own directory: it was reset, or never could learn it.

One small file a phone: its name has the MAC, its content is until when, in Unix seconds.
"""

from __future__ import annotations

import os

from autoprov_phones.mac import MacAddress, MacSyntaxError
from autoprov_web.spool_reader import read_small_file

_SUFFIX = ".pair"
_FILE_MODE = 0o640


def is_paired(directory: str, mac: MacAddress, *, now: float) -> bool:
    """Whether *mac* is let in at *now*; a damaged or unreadable file lets nobody in."""
    path = _path(directory, mac)
    if not os.access(path, os.R_OK):  # nearly always; an exception costs ten times as much
        return False
    try:
        text, _ = read_small_file(path, 32)
    except OSError:
        return False
    digits = text.strip()
    return digits.isdigit() and len(digits) <= 11 and now < int(digits)


def pair(directory: str, mac: MacAddress, *, until: float) -> None:
    """Let *mac* in until then (Unix seconds).

    Raises:
        OSError: the directory cannot be written.
    """
    path = _path(directory, mac)
    temporary = f"{path}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, _FILE_MODE)
    try:
        os.fchmod(descriptor, _FILE_MODE)  # whatever the umask was: the web server's group has to read it
        os.write(descriptor, f"{int(until)}\n".encode())
    finally:
        os.close(descriptor)
    os.replace(temporary, path)  # noqa: PTH105 - no pathlib under a CGI


def unpair(directory: str, mac: MacAddress) -> bool:
    """Let *mac* in no longer; False where it was not.

    Raises:
        OSError: the directory cannot be written.
    """
    try:
        os.unlink(_path(directory, mac))  # noqa: PTH108 - no pathlib under a CGI
    except FileNotFoundError:
        return False
    return True


def paired_macs(directory: str, *, now: float) -> list[MacAddress]:
    """All phones that are let in at *now*; none where the directory cannot be read. For people, not for requests."""
    try:
        names = os.listdir(directory)  # noqa: PTH208 - no pathlib under a CGI
    except OSError:
        return []
    found: list[MacAddress] = []
    for name in sorted(names):
        digits, dot, suffix = name.partition(".")
        if dot + suffix == _SUFFIX:
            try:
                mac = MacAddress(digits)
            except MacSyntaxError:
                continue
            if is_paired(directory, mac, now=now):
                found.append(mac)
    return found


def _path(directory: str, mac: MacAddress) -> str:
    return f"{directory}/{mac.hex}{_SUFFIX}"
