"""Root works as the user whose directory it works in: a file of root's there would lie in the service's way."""

import os
import pwd
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_ROOT = 0


def go_on_as_owner_of(directory: Path) -> bool:
    """Give up root for good, where this is root and *directory* another user's; whether that was so."""
    owner = _other_owner(directory)
    if owner is None:
        return False
    os.initgroups(owner.pw_name, owner.pw_gid)
    os.setgid(owner.pw_gid)
    os.setuid(owner.pw_uid)
    return True


@contextmanager
def acting_as_owner_of(directory: Path) -> Generator[None]:
    """The same for a while. Of this process, which should have one thread."""
    owner = _other_owner(directory)
    if owner is None:
        yield
        return
    group = os.getegid()
    os.setegid(owner.pw_gid)
    os.seteuid(owner.pw_uid)
    try:
        yield
    finally:
        os.seteuid(_ROOT)
        os.setegid(group)


def _other_owner(directory: Path) -> pwd.struct_passwd | None:
    """The owner of *directory*, or of what it would be made in; None where this is not root, or the owner is root."""
    if os.geteuid() != _ROOT:
        return None
    there = next(each for each in (directory, *directory.parents) if each.exists())
    user = there.stat().st_uid
    if user == _ROOT:
        return None
    try:
        return pwd.getpwuid(user)
    except KeyError:  # files from another machine: root is as good as anybody
        return None
