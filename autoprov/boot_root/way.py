"""The way to a boot root: whoever owns a piece of it can lead root elsewhere, at any moment."""

import pwd
import stat
from collections.abc import Set as AbstractSet
from pathlib import Path

from autoprov.boot_root.error import BootRootError

_MOST_LINKS = 40
"""As the kernel has it."""


def refuse_way_of(users: AbstractSet[int], directory: Path) -> None:
    """Do nothing, where none of *users* owns a directory or a symbolic link on the way to *directory*, or itself.

    Raises:
        BootRootError: one does, and would decide where root writes.
    """
    for user in sorted(users & owners_on_the_way(directory)):
        try:
            name = pwd.getpwuid(user).pw_name
        except KeyError:
            name = f"#{user}"
        raise BootRootError(
            f"{directory} belongs to the user {name}, or what leads to it does, and so do our settings: not for root. "
            f"Run this as that user (runuser -u {name} -- autoprov bootstrap ...)"
        )


def owners_on_the_way(directory: Path) -> frozenset[int]:
    """Who owns a directory or a symbolic link that is passed on the way, as far as there is one.

    Raises:
        BootRootError: the links lead nowhere.
        OSError: somebody may not look.
    """
    at, *names = (Path(part) for part in directory.absolute().parts)
    owners = {at.lstat().st_uid}
    links = 0
    while names:
        step = at / names.pop(0)
        try:
            facts = step.lstat()
        except (FileNotFoundError, NotADirectoryError):
            break
        owners.add(facts.st_uid)
        if not stat.S_ISLNK(facts.st_mode):
            at = at.parent if step.name == ".." else step
            continue
        links += 1
        if links > _MOST_LINKS:
            raise BootRootError(f"{directory} is a symbolic link without an end")
        names[:0] = (Path(part) for part in step.readlink().parts)
    return frozenset(owners)
