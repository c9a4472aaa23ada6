"""An import of a PBX's users into the embedded inventory, and what it means for the phones that have their lines."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from autoprov.lists.pbx_user import PbxUser
from autoprov_phones.mac import MacAddress, MacSyntaxError
from sipxconfig_server.records import StoredPhone, User
from sipxconfig_server.store import Inventory


class Verdict(Enum):
    """What a user's row comes to."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "as before"


@dataclass(frozen=True, slots=True)
class PlannedUser:
    """*changes* names what is different, never a password; *phones* have a line of this user, and get new files."""

    user: PbxUser
    verdict: Verdict
    changes: tuple[str, ...] = ()
    phones: tuple[MacAddress, ...] = ()


def plan(users: Sequence[PbxUser], inventory: Inventory) -> Iterator[PlannedUser]:
    """What each user's row comes to; nothing is written."""
    for user in users:
        known = inventory.user(user.user_name)
        if known is None:
            yield PlannedUser(user, Verdict.NEW)
            continue
        changes = _changes(known, user)
        if changes:
            phones = tuple(_phones_of(user.user_name, inventory))
            yield PlannedUser(user, Verdict.CHANGED, changes, phones)
        else:
            yield PlannedUser(user, Verdict.SAME)


def carry_out(planned: PlannedUser, inventory: Inventory, *, order_follow: Callable[[MacAddress], None]) -> None:
    """Write the user, and have its phones' files written anew and fetched. Can be made again.

    Raises:
        InventoryUnusable: nothing was written.
        QueueUnavailable: the user is written, some of its phones are not told: the next snapshot writes their files.
    """
    if planned.verdict is Verdict.SAME:
        return
    user = planned.user
    inventory.add_user(user.user_name, display_name=user.display_name, sip_password=user.sip_password)
    for mac in planned.phones:
        order_follow(mac)


def _changes(known: User, user: PbxUser) -> tuple[str, ...]:
    compared = (
        ("SIP password", known.sip_password, user.sip_password),
        ("display name", known.display_name, user.display_name),
    )
    return tuple(what for what, before, now in compared if before != now)


def _phones_of(user_name: str, inventory: Inventory) -> Iterator[MacAddress]:
    for phone in inventory.phones_with_line(user_name):
        if _has_line_of(user_name, phone):
            try:
                yield MacAddress.parse(phone.record.serial_number)
            except MacSyntaxError:
                continue  # a softphone fetches nothing from us


def _has_line_of(user_name: str, phone: StoredPhone) -> bool:
    return any(isinstance(line.owner, User) and line.owner.user_name == user_name for line in phone.lines)
