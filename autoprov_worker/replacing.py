"""One phone takes the place of another: its lines and its name go over, in an order in which no line is ever nowhere.

The new phone has all lines before the old one loses its first. Whatever fails in between, the same call goes on from
there; done twice it is done once.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from autoprov_phones.description import parse_description
from autoprov_phones.inventory_models import find_model
from autoprov_phones.mac import MacAddress
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import Unreachable
from sipxconfig_client.values import ExternalLine, Line, Phone, UserLine

logger = logging.getLogger(__name__)


class NotReplaceable(Exception):
    """One phone cannot stand in for the other as they are, so nothing was changed: a person must look."""


@dataclass(frozen=True, slots=True)
class Replacing:
    """Who does what. *said* hears each step once it is done; *own_description* is our text for a phone without a name.

    *order_follow* asks the worker to look at a phone again and to re-sync it.
    """

    client: SipxconfigClient
    order_follow: Callable[[MacAddress], None]
    own_description: Callable[[MacAddress], str]
    said: Callable[[str], None]

    def replace(self, old_mac: MacAddress, new_mac: MacAddress, *, delete_old: bool) -> None:
        """Let the phone *new_mac* take over what *old_mac* has; both are told to fetch their files.

        The old phone stays in the config system without a line, or is deleted there.

        Raises:
            NotReplaceable: nothing was changed.
            Refused: the config system does not take a line; the old phone has all of its lines still.
            Unreachable, AccessDenied, QueueUnavailable: what was said is done; the same call goes on from there.
        """
        if old_mac == new_mac:
            raise NotReplaceable(f"{old_mac} cannot replace itself")
        old, new = self.client.phone(old_mac), self.client.phone(new_mac)
        if new is None:
            raise NotReplaceable(f"{new_mac} is not in the config system: plug it in and let it boot, or import it")
        if old is None and not (delete_old and new.lines):
            raise NotReplaceable(f"{old_mac} is not in the config system")
        if old is not None:
            self._hand_over(old, new)
        self.order_follow(new_mac)
        self.said(f"{new_mac} is told to fetch its files")
        if old is not None and delete_old:
            self.client.delete(old.id)
            self.said(f"{old_mac} is deleted in the config system; if it boots again it is a new phone")
        self.order_follow(old_mac)

    def _hand_over(self, old: Phone, new: Phone) -> None:
        missing = _missing_lines(old, new)
        _check(old, new, missing)
        for line in missing:
            self.client.add_line(new.id, line)
            self.said(f"{new.serial_number} has the line {_label(line)}")
        self._hand_name_over(old, new)
        if old.lines:
            self._take_lines_away(old, new)
        else:
            self.said(f"{old.serial_number} has no line, {new.serial_number} has {', '.join(map(_name, new.lines))}")
        logger.info("phone replaced", extra={"mac": new.serial_number, "former_mac": old.serial_number})

    def _hand_name_over(self, old: Phone, new: Phone) -> None:
        """The words that an administrator gave the old phone; the new one's own stay."""
        name = old.description
        if not name.strip() or parse_description(name) is not None:
            return
        present = self._again(new)
        if present.description != name:
            if present.description.strip() and parse_description(present.description) is None:
                self.said(f"{new.serial_number} keeps its own Description")
                return
            self.client.update_description(present, name)
        assert old.mac is not None
        self.client.update_description(old, self.own_description(old.mac))
        self.said(f"{new.serial_number} has the Description of {old.serial_number}")

    def _take_lines_away(self, old: Phone, new: Phone) -> None:
        """Only now, and only if all of them are on the new phone."""
        present = self._again(old)
        if _missing_lines(present, self._again(new)):
            raise Unreachable("the phones' lines changed meanwhile")
        self.client.remove_lines(present.id)
        self.said(f"{old.serial_number} has no line any more")

    def _again(self, phone: Phone) -> Phone:
        assert phone.mac is not None
        present = self.client.phone(phone.mac)
        if present is None:
            raise Unreachable(f"{phone.serial_number} was deleted meanwhile")
        return present


def _check(old: Phone, new: Phone, missing: list[UserLine | ExternalLine]) -> None:
    if not old.lines and not new.lines:
        raise NotReplaceable(f"{old.serial_number} has no line that {new.serial_number} could take over")
    strange = Counter(map(_key, new.lines)) - Counter(map(_key, old.lines)) if old.lines else Counter[str]()
    if strange:
        raise NotReplaceable(
            f"{new.serial_number} has lines of its own: {', '.join(map(_name, new.lines))}; "
            f"first: autoprov unassign {new.serial_number}"
        )
    model = find_model(new.model_id)
    if missing and model is not None and len(old.lines) > model.max_line_count:
        raise NotReplaceable(
            f"{old.serial_number} has {len(old.lines)} lines, a {new.model_label} takes {model.max_line_count}"
        )


def _missing_lines(old: Phone, new: Phone) -> list[UserLine | ExternalLine]:
    """The old phone's lines that the new one has not, in their order."""
    there = Counter(map(_key, new.lines))
    missing: list[UserLine | ExternalLine] = []
    for line in old.lines:
        if there[_key(line)] > 0:
            there[_key(line)] -= 1
        else:
            missing.append(_to_add(line))
    return missing


def _key(line: Line) -> str:
    return f"user {line.user}" if line.user is not None else f"account {line.user_id} {line.registration_server}"


def _name(line: Line) -> str:
    return line.user or line.user_id


def _to_add(line: Line) -> UserLine | ExternalLine:
    if line.user is not None:
        return UserLine(line.user)
    return ExternalLine(
        line.user_id,
        line.display_name,
        line.password,
        line.registration_server,
        line.registration_server_port,
        line.voicemail,
    )


def _label(line: UserLine | ExternalLine) -> str:
    return line.user if isinstance(line, UserLine) else line.user_id
