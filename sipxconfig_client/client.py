"""A sipXconfig of any generation (contract 0) as typed calls and answers: what it speaks is found out once."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

from autoprov_phones.mac import MacAddress
from sipxconfig_client.capabilities import Capabilities, Generation
from sipxconfig_client.digit_macs import DigitMacs
from sipxconfig_client.errors import NotOffered, NotSpoken, Refused, Unreachable
from sipxconfig_client.new_api import NewApi
from sipxconfig_client.old_rest import OldRest
from sipxconfig_client.probe import probe
from sipxconfig_client.transport import HttpSettings, Transport
from sipxconfig_client.values import (
    Accepted,
    AlreadyThere,
    Created,
    Credentials,
    ExternalLine,
    Line,
    Model,
    NewPhone,
    Phone,
    UserLine,
)

PROBE_HOLDS = timedelta(hours=1)
"""An upgraded sipXconfig that went on speaking as before is known as upgraded after this."""


class SipxconfigClient:
    """One config system. Threads may share it: each has its own connections (``Transport``).

    Every method may raise ``Unreachable`` or ``AccessDenied``, and all but ``capabilities``, ``create`` and
    ``create_many`` raise ``NotOffered`` where the config system speaks the old REST alone.
    """

    def __init__(
        self,
        base_url: str,
        *,
        credentials: Credentials | None,
        timeout: timedelta = timedelta(seconds=30),
        connect_timeout: timedelta = timedelta(seconds=5),
        ca_file: Path | None = None,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """*base_url* ends before ``/api``, as in ``https://pbx.example.org/sipxconfig``.

        *credentials* None is for sipXconfig's internal port 12001, which sets its own. *ca_file* holds the
        authorities to trust in place of the public ones. *seconds* is a clock that never jumps.

        Raises:
            ValueError: *base_url* is no http or https address.
        """
        self._transport = Transport(HttpSettings(base_url, credentials, connect_timeout, timeout, ca_file))
        self._digit_macs = DigitMacs()
        self._seconds = seconds
        self._found: tuple[Capabilities, float] | None = None

    def capabilities(self) -> Capabilities:
        """What the config system speaks: found out when first asked, once an hour, and after it spoke otherwise."""
        known = self._found
        if known is not None and self._seconds() - known[1] < PROBE_HOLDS.total_seconds():
            return known[0]
        found = probe(self._transport)
        self._found = found, self._seconds()
        return found

    def phone(self, mac: MacAddress) -> Phone | None:
        """The phone with this serial number; None is sipXconfig's own "never heard of you", and nobody else's."""
        with self._new_api("look a phone up") as api:
            return api.phone(mac)

    def phones(self, *, start: int, limit: int) -> list[Phone]:
        """One page: rows *start* to *start* + *limit* - 1 in the order of their ids, from 0."""
        with self._new_api("list its phones") as api:
            return api.phones(start=start, limit=limit)

    def all_phones(self, page_size: int = 200) -> Iterator[Phone]:
        """Every phone once, by ascending id; a phone deleted meanwhile hides none of the others (``paging``)."""
        with self._new_api("list its phones") as api:
            yield from api.all_phones(page_size)

    def models(self) -> list[Model]:
        """The models that this config system knew when it was probed."""
        with self._new_api("list its models"):
            return list(self.capabilities().models.values())

    def create(self, new: NewPhone) -> Created | AlreadyThere | Accepted:
        """Put a phone there, unless it is there; after an answer in doubt a second look tells which.

        Raises:
            Refused: the config system will never take this record.
        """
        with self._watched() as found:
            if found.generation is Generation.NEW_API:
                return self._new(found).create(new)
            return self._old(found).create(new)

    def create_many(
        self, phones: Sequence[NewPhone]
    ) -> list[Created | AlreadyThere | Accepted | Refused | Unreachable]:
        """What became of each phone, in their order; what ``create`` would raise for one stands in its place.

        The old REST gets several at once, which is two to four times as fast there.
        """
        with self._watched() as found:
            if found.generation is Generation.OLD_REST:
                return [*self._old(found).create_many(phones)]
        return [self._outcome(new) for new in phones]

    def update_description(self, phone: Phone, description: str) -> None:
        """Replace the Description and nothing else: a PUT replaces all, so the record is read first and sent back.

        Raises:
            Refused: the config system will never take this text.
            Unreachable: also where the record is not as *phone* shows it any more: look, and decide, again.
        """
        with self._new_api("change a Description") as api:
            api.update_description(phone, description)

    def lines(self, phone: Phone) -> list[Line]:
        """The phone's lines, in the order of its line keys."""
        with self._new_api("tell a phone's lines") as api:
            return api.lines(phone)

    def add_line(self, phone_id: int, line: UserLine | ExternalLine) -> None:
        """Assign. The API would add the same line twice, so after an answer in doubt the lines are counted.

        Raises:
            Refused: no such user, or no room for a line.
        """
        with self._new_api("assign a line") as api:
            api.add_line(phone_id, line)

    def remove_lines(self, phone_id: int) -> None:
        """Un-assign: take every line away. A phone without lines, or one that is gone, stays as it is."""
        with self._new_api("take lines away") as api:
            api.remove_lines(phone_id)

    def delete(self, phone_id: int) -> None:
        """Remove the record, its lines and its files; one that is gone already stays gone."""
        with self._new_api("delete a phone") as api:
            api.delete(phone_id)

    def send_profiles(self, phone_id: int) -> None:
        """Have sipXconfig write the phone's files, then restart it if it is registered there; it does so later."""
        with self._new_api("send a phone its profiles") as api:
            api.send_profiles(phone_id)

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    @contextmanager
    def _watched(self) -> Generator[Capabilities]:
        """What the config system speaks; found out anew next time if it does not."""
        found = self.capabilities()
        try:
            yield found
        except NotSpoken:
            self._found = None
            raise

    @contextmanager
    def _new_api(self, purpose: str) -> Generator[NewApi]:
        with self._watched() as found:
            if found.generation is not Generation.NEW_API:
                raise NotOffered(f"this sipXconfig has no REST API of 14.10 or later, so it cannot {purpose}")
            yield self._new(found)

    def _new(self, found: Capabilities) -> NewApi:
        return NewApi(self._transport, found.models, self._digit_macs)

    def _old(self, found: Capabilities) -> OldRest:
        return OldRest(self._transport, takes_version=found.takes_version)

    def _outcome(self, new: NewPhone) -> Created | AlreadyThere | Accepted | Refused | Unreachable:
        try:
            return self.create(new)
        except (Refused, Unreachable) as error:
            return error
