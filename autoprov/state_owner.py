"""Root works as the user whose files it works with: a file of root's would lie in the service's way.

And who may write the settings may not tell root where to write.
"""

import os
import pwd
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

_ROOT = 0


def go_on_as_owner_of(*places: Path) -> bool:
    """Give up root for good for the first other user who owns one of *places*; whether there was one, and root."""
    owner = _other_owner(places)
    if owner is None:
        return False
    os.initgroups(owner.pw_name, owner.pw_gid)
    os.setgid(owner.pw_gid)
    os.setuid(owner.pw_uid)
    return True


@contextmanager
def acting_as_owner_of(*places: Path) -> Generator[None]:
    """The same for a while. Of this process, which should have one thread."""
    owner = _other_owner(places)
    if owner is None:
        yield
        return
    group, groups = os.getegid(), os.getgroups()
    os.initgroups(owner.pw_name, owner.pw_gid)
    os.setegid(owner.pw_gid)
    os.seteuid(owner.pw_uid)
    try:
        yield
    finally:
        os.seteuid(_ROOT)
        os.setegid(group)
        os.setgroups(groups)


def _other_owner(places: Iterable[Path]) -> pwd.struct_passwd | None:
    """The first owner of *places*, or of what they would be made in, that is not root; None where this is not root."""
    if os.geteuid() != _ROOT:
        return None
    for place in places:
        there = next(each for each in (place, *place.parents) if each.exists())
        user = there.stat().st_uid
        if user == _ROOT:
            continue
        try:
            return pwd.getpwuid(user)
        except KeyError:  # files from another machine: root is as good as anybody
            continue
    return None
