"""A version as each generation wants it named (contract 1.3, 2.4). Pure.

The new API takes exact names alone, and stores no version at all for any other. The old REST takes the last name that
contains what was sent, and for none the model's default, which other phones change.
"""

from collections.abc import Sequence

from autoprov_phones.sipxconfig_versions import choose_version

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def exact_version(wanted: str | None, listed: Sequence[str]) -> str | None:
    """The name of *listed* that *wanted* is or comes next to: an older sipXconfig lacks the newest ones."""
    if wanted is None or wanted in listed:
        return wanted
    return choose_version(listed, None, firmware=version_id(wanted))


def unique_part(wanted: str, listed: Sequence[str]) -> str | None:
    """What stands in *wanted* and in no other name of *listed*; None where there is nothing of that kind."""
    for part in (version_id(wanted), wanted):
        if part and [name for name in listed if part in name] == [wanted]:
            return part
    return None


def version_id(name: str) -> str:
    """A version's name without its make: ``3.2.X`` of ``polycom3.2.X``."""
    return name.lstrip(_LETTERS)
