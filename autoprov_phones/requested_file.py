"""What a phone asks for, told by the path of its request (phones 1.1, 1.2)."""

from __future__ import annotations

from autoprov_phones.derived_secret import OWN_TOKEN_LENGTH
from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_names import BOOTSTRAP_FILE_NAME

MAX_LENGTH = 255
OWN_DIRECTORY = "own"
"""``own/<token>/`` holds the files of the one phone whose token that is."""
_SYMBOLS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz._-")
_HEX_DIGITS = frozenset("0123456789abcdef")
_MAC_LENGTH = 12
_TWELVE_ZEROS = "0" * _MAC_LENGTH


class RequestedFile:
    """*name* is in lower case, and one path segment; *mac* is that which it begins with, *suffix* what follows.

    *token* is the own directory it is asked for in, unchecked; ``""`` outside of any. A name that stands for no file
    that anybody could have has neither.
    """

    __slots__ = ("mac", "name", "suffix", "token")

    def __init__(self, name: str, *, mac: MacAddress | None = None, suffix: str = "", token: str = "") -> None:
        self.name = name
        self.mac = mac
        self.suffix = suffix
        self.token = token

    @property
    def is_bootstrap(self) -> bool:
        """Whether it is the file that every phone may ask for."""
        return self.name == BOOTSTRAP_FILE_NAME


def read_path(path: str, *, prefix: str) -> RequestedFile:
    """What the percent-decoded *path* asks for below *prefix*; whatever it holds, an answer.

    Doubled slashes count as one: phones join a base that ends in ``/`` with a name that begins with it. Apache has
    resolved ``.`` and ``..`` already; where we stand alone, they are resolved here, so that both answer alike. A path
    without the prefix counts as one below it: a proxy in front may have taken it off.
    """
    segments = _resolved(path)
    folder = _resolved(prefix)
    if segments[: len(folder)] == folder:
        segments = segments[len(folder) :]
    match segments:
        case [name]:
            return read_file_name(name)
        case [directory, token, name] if directory == OWN_DIRECTORY and len(token) == OWN_TOKEN_LENGTH:
            return read_file_name(name, token=token)
        case _:
            return RequestedFile(_without_token(segments))


def _resolved(path: str) -> list[str]:
    """The segments of *path*; none where it leaves the root."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if not segments:
                return []
            segments.pop()
        elif segment not in ("", "."):
            segments.append(segment)
    return segments


def _without_token(segments: list[str]) -> str:
    """The path for those who read of it: the name of an own directory is as good as a password."""
    before = ["", *segments][: len(segments)]
    hidden = ["*" if folder.lower() == OWN_DIRECTORY else name for folder, name in zip(before, segments, strict=True)]
    return "/" + "/".join(hidden)


def read_file_name(name: str, *, token: str = "") -> RequestedFile:
    """What *name*, a path's last segment, stands for, in any case.

    Names of the twelve zeros other than the bootstrap file belong to all phones (``000000000000-license.cfg``).
    """
    lower = name.lower() if name.isascii() else name
    # 0004f2abcdef-phone.cfg, 0004f2abcdef.cfg, 0004f2e765da_reg.cfg
    digits, suffix = lower[:_MAC_LENGTH], lower[_MAC_LENGTH:]
    if (
        len(lower) > MAX_LENGTH
        or len(digits) < _MAC_LENGTH
        or digits == _TWELVE_ZEROS
        or not _HEX_DIGITS.issuperset(digits)
        or not _SYMBOLS.issuperset(suffix)
        or suffix[:1] not in ("-", ".", "_")
    ):
        return RequestedFile(lower, token=token)
    return RequestedFile(lower, mac=MacAddress(digits), suffix=suffix, token=token)
