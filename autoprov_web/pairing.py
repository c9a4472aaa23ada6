"""A phone that an administrator lets in for a while without its own directory: it was reset, or never could learn it.

One small file a phone: its name has the MAC, its content is until when, in Unix seconds. Beside it, another holds the
address that was given a file for it: from then on no other is.
"""

from __future__ import annotations

import os

from autoprov_phones.mac import MacAddress, MacSyntaxError
from autoprov_web.spool_reader import read_small_file

_SUFFIX = ".pair"
_HOLDER_SUFFIX = ".pair-holder"
_MAX_ADDRESS = 64
_NOBODY = "nobody"
_FILE_MODE = 0o640


def is_paired(directory: str, mac: MacAddress, *, address: str, now: float) -> bool:
    """Whether *address* is let in as *mac* at *now*; a damaged or unreadable file lets nobody in."""
    return _is_open(directory, mac, now=now) and _holder(directory, mac) in (None, address)


def hold_pairing(directory: str, mac: MacAddress, *, address: str) -> bool:
    """Let *address* alone in as *mac*, it is to be given a file; False where another was before.

    Raises:
        OSError: that cannot be noted.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(_path(directory, mac, _HOLDER_SUFFIX), flags, _FILE_MODE)
    except FileExistsError:
        return _holder(directory, mac) == address
    try:
        os.fchmod(descriptor, _FILE_MODE)  # whatever the umask was
        os.write(descriptor, address.encode())
    finally:
        os.close(descriptor)
    return True


def _holder(directory: str, mac: MacAddress) -> str | None:
    try:
        text, _ = read_small_file(_path(directory, mac, _HOLDER_SUFFIX), _MAX_ADDRESS)
    except FileNotFoundError:
        return None
    except OSError:
        return _NOBODY
    return text.decode("latin-1")


def _is_open(directory: str, mac: MacAddress, *, now: float) -> bool:
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
    """Let *mac* in until then (Unix seconds), from whichever address comes first.

    Raises:
        OSError: the directory cannot be written.
    """
    _forget_holder(directory, mac)
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
    _forget_holder(directory, mac)
    try:
        os.unlink(_path(directory, mac))  # noqa: PTH108 - no pathlib under a CGI
    except FileNotFoundError:
        return False
    return True


def _forget_holder(directory: str, mac: MacAddress) -> None:
    try:  # noqa: SIM105 - no contextlib under a CGI
        os.unlink(_path(directory, mac, _HOLDER_SUFFIX))  # noqa: PTH108 - no pathlib under a CGI
    except FileNotFoundError:
        pass


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
            if _is_open(directory, mac, now=now):
                found.append(mac)
    return found


def _path(directory: str, mac: MacAddress, suffix: str = _SUFFIX) -> str:
    return f"{directory}/{mac.hex}{suffix}"
