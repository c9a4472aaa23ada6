"""sipXconfig's new API (14.10 and later, contract 2) as typed calls and answers.

JSON alone: it is what the API answers by default, and it says ``"lines":null`` where XML says nothing.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from autoprov_phones.mac import MacAddress
from sipxconfig_client.answers import NotSipxconfigError, read_id, read_lines, read_models, read_phone, read_phones
from sipxconfig_client.bodies import is_same_line, line_body, new_phone_body, update_body
from sipxconfig_client.errors import Refused, Unreachable
from sipxconfig_client.paging import walk
from sipxconfig_client.refusals import Meaning, meaning, plain_words
from sipxconfig_client.transport import HttpAnswer, HttpSettings, Transport
from sipxconfig_client.values import (
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

logger = logging.getLogger(__name__)

T = TypeVar("T")

_JAVA_INT_MAX = 2**31 - 1


class SipxconfigClient:
    """One config system. Threads may share it: each has its own connections (``Transport``).

    Every method may raise ``Unreachable`` or ``AccessDenied``.
    """

    def __init__(
        self,
        base_url: str,
        *,
        credentials: Credentials | None,
        timeout: timedelta = timedelta(seconds=30),
        connect_timeout: timedelta = timedelta(seconds=5),
        ca_file: Path | None = None,
    ) -> None:
        """*base_url* ends before ``/api``, as in ``https://pbx.example.org/sipxconfig``.

        *credentials* None is for sipXconfig's internal port 12001, which sets its own. *ca_file* holds the
        authorities to trust in place of the public ones.

        Raises:
            ValueError: *base_url* is no http or https address.
        """
        self._transport = Transport(HttpSettings(base_url, credentials, connect_timeout, timeout, ca_file))

    def phone(self, mac: MacAddress) -> Phone | None:
        """The phone with this serial number; None is sipXconfig's own "never heard of you", and nobody else's.

        A MAC address that Java reads as a 32-bit number is taken for an id (contract 2.3), so such a phone is found
        by paging through all: dear, but 6 % of one maker's older phones, and no Polycom, have such an address.
        """
        if _is_taken_for_an_id(mac):
            return next((phone for phone in self.all_phones() if phone.mac == mac), None)
        found = self._phone_at(str(mac))
        if found is None:
            # An empty 404 could be any web server's: believed only where a list of phones is served.
            self.phones(start=0, limit=1)
        elif found.mac != mac:
            raise Unreachable("the config system answered with another phone than the one asked for")
        return found

    def phones(self, *, start: int, limit: int) -> list[Phone]:
        """One page: rows *start* to *start* + *limit* - 1 in the order of their ids, from 0."""
        return self._get(f"/phones?start={start}&limit={limit}", read_phones)

    def all_phones(self, page_size: int = 200) -> Iterator[Phone]:
        """Every phone once, by ascending id; a phone deleted meanwhile hides none of the others (``paging``)."""
        return walk(lambda start, limit: self.phones(start=start, limit=limit), page_size=page_size)

    def models(self) -> list[Model]:
        """The models that this config system knows."""
        return self._get("/phones/models", read_models)

    def create(self, new: NewPhone) -> Created | AlreadyThere:
        """Put a phone there, unless it is there; after an answer in doubt a second look tells which.

        Raises:
            Refused: the config system will never take this record.
        """
        body = new_phone_body(new)
        # The API itself refuses a second record: for a MAC that it cannot look up, that is the look before.
        known = None if _is_taken_for_an_id(new.mac) else self.phone(new.mac)
        if known is not None:
            return AlreadyThere(known)
        try:
            answer = self._transport.send("POST", "/phones", body)
            if answer.status != 200:
                return self._not_created(new, answer)
            created = Created(_read(answer, read_id))
        except Unreachable as error:
            if not error.in_doubt:
                raise
            return self._second_look(new, error)
        logger.debug("phone created", extra={"mac": str(new.mac), "phone_id": created.phone_id})
        return created

    def update_description(self, phone: Phone, description: str) -> None:
        """Replace the Description and nothing else: a PUT replaces all, so the record is read first and sent back.

        Raises:
            Refused: the config system will never take this text.
            Unreachable: also where the record is not as *phone* shows it any more: look, and decide, again.
        """
        body = update_body(phone, description)
        key = str(phone.id)
        if self._phone_at(key) != phone:
            raise Unreachable("the phone's record in the config system changed meanwhile")
        try:
            _read(_done(self._transport.send("PUT", f"/phones/{key}", body)), read_id)
        except Unreachable as error:
            if not error.in_doubt:
                raise
            now = self._phone_at(key)
            if now is None or now.description != description:
                raise

    def lines(self, phone: Phone) -> list[Line]:
        """The phone's lines, in the order of its line keys."""
        return self._get(f"/phones/{phone.id}/lines", read_lines)

    def add_line(self, phone_id: int, line: UserLine | ExternalLine) -> None:
        """Assign. The API would add the same line twice, so after an answer in doubt the lines are counted.

        Raises:
            Refused: no such user, or no room for a line.
        """
        path = f"/phones/{phone_id}/lines"
        before = self._count_of(line, path)
        try:
            _expect_nothing(_done(self._transport.send("POST", path, line_body(line))))
        except Unreachable as error:
            if not error.in_doubt or self._count_of(line, path) <= before:
                raise
        logger.debug("line added", extra={"phone_id": phone_id})

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _get(self, path: str, read: Callable[[bytes], T]) -> T:
        answer = self._transport.send("GET", path)
        if answer.status != 200:
            raise _failure(answer)
        return _read(answer, read)

    def _phone_at(self, key: str) -> Phone | None:
        answer = self._transport.send("GET", f"/phones/{key}")
        if answer.status == 200:
            return _read(answer, read_phone)
        if meaning(answer) is Meaning.NOT_FOUND:
            return None
        raise _failure(answer)

    def _not_created(self, new: NewPhone, answer: HttpAnswer) -> AlreadyThere:
        if meaning(answer) is Meaning.LOOK_AGAIN:
            known = self.phone(new.mac)
            if known is not None:
                return AlreadyThere(known)
        if meaning(answer) in (Meaning.LOOK_AGAIN, Meaning.REFUSED):
            raise Refused(plain_words(answer))
        raise _failure(answer)

    def _second_look(self, new: NewPhone, doubt: Unreachable) -> Created | AlreadyThere:
        """What became of a create whose answer told nothing; where nothing did, *doubt* is raised."""
        found = self.phone(new.mac)
        if found is None:
            raise doubt
        is_ours = (found.model_id, found.description) == (new.model_id, new.description)
        logger.warning(
            "phone found after an answer in doubt",
            extra={"mac": str(new.mac), "phone_id": found.id, "is_ours": is_ours},
        )
        return Created(found.id) if is_ours else AlreadyThere(found)

    def _count_of(self, line: UserLine | ExternalLine, path: str) -> int:
        return sum(is_same_line(line, there) for there in self._get(path, read_lines))


def _is_taken_for_an_id(mac: MacAddress) -> bool:
    return mac.hex.isdecimal() and int(mac.hex) <= _JAVA_INT_MAX


def _read(answer: HttpAnswer, read: Callable[[bytes], T]) -> T:
    """A 200's content; what is not what the contract says is an outage, not an answer."""
    try:
        if not answer.content_type.startswith("application/json"):
            raise NotSipxconfigError(f"labelled {answer.content_type[:60]!r}")
        return read(answer.body)
    except NotSipxconfigError as error:
        raise _stranger(str(error)) from error


def _expect_nothing(answer: HttpAnswer) -> None:
    """A new line is answered with an empty body: a page with a 200 says that something else answered."""
    if answer.body:
        raise _stranger("an answer where none is due")


def _done(answer: HttpAnswer) -> HttpAnswer:
    """The answer, if it is a 200."""
    if answer.status == 200:
        return answer
    if meaning(answer) in (Meaning.LOOK_AGAIN, Meaning.REFUSED):
        raise Refused(plain_words(answer))
    raise _failure(answer)


def _stranger(what: str) -> Unreachable:
    reason = f"the config system's address answered with something that is not sipXconfig: {what}"
    return Unreachable(reason, in_doubt=True)


def _failure(answer: HttpAnswer) -> Unreachable:
    if answer.status == 404 and meaning(answer) is Meaning.UNKNOWN:
        return Unreachable("the config system's address is wrong: what answers there is not sipXconfig (404)")
    return Unreachable(plain_words(answer), in_doubt=answer.status >= 500)
