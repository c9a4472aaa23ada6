"""Which of a model's version names fits a firmware (contract 2.4, 3).

sipXconfig's new API takes the exact name alone and silently stores no version for any other.
"""

import math
import re
from collections.abc import Sequence

Number = tuple[float, ...]

# polycom2.0, polycom3.1.X, polycom4.1.0, polycom5.4.3_RP
_VERSION_NAME = re.compile(r"[A-Za-z]+([0-9]{1,9})\.([0-9]{1,9})(?:\.([0-9]{1,9}|X))?(?:_[A-Z]+)?", re.ASCII)
# 5.9.5.0614, 1.4.1
_FIRMWARE = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})(?:\.([0-9]{1,9}))?(?![0-9]).*", re.ASCII)


def choose_version(versions: Sequence[str], default: str | None, *, firmware: str) -> str | None:
    """The version name for *firmware*; None only where *versions* is empty.

    The exact ``a.b.c``, else the ``a.b.X``, else the highest that is not above it; below all of them the lowest.
    Where *firmware* says no version, *default* if it is listed (for some models it is not), else the highest.
    """
    by_number = {number: name for name in versions if (number := _number_of_name(name)) is not None}
    if not by_number:
        return default if default in versions else (versions[-1] if versions else None)
    said = _number_of_firmware(firmware)
    if said is None:
        return default if default in versions else by_number[max(by_number)]
    any_patch = (*said[:2], math.inf)
    for number in (said, any_patch):
        if number in by_number:
            return by_number[number]
    not_above = [number for number in by_number if number <= said]
    return by_number[max(not_above)] if not_above else by_number[min(by_number)]


def _number_of_name(name: str) -> Number | None:
    """``.X`` stands above every patch of its release; a name of two numbers is the release's first."""
    match = _VERSION_NAME.fullmatch(name)
    if match is None:
        return None
    patch = match[3] or "0"
    return int(match[1]), int(match[2]), math.inf if patch == "X" else int(patch)


def _number_of_firmware(firmware: str) -> Number | None:
    """The first three numbers; a firmware that gives two may be any patch of that release."""
    match = _FIRMWARE.fullmatch(firmware)
    if match is None:
        return None
    return int(match[1]), int(match[2]), int(match[3]) if match[3] else math.inf
