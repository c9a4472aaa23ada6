"""sipXconfig's new API (14.10 and later, contract 2) as typed calls and answers.

JSON alone: it is what the API answers by default, and it says ``"lines":null`` where XML says nothing.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from autoprov_phones.mac import MacAddress
from sipxconfig_client.answers import NotSipxconfigError, read_id, read_lines, read_phone, read_phones
from sipxconfig_client.bodies import is_same_line, line_body, new_phone_body, update_body
from sipxconfig_client.digit_macs import DigitMacs, is_taken_for_an_id
from sipxconfig_client.errors import NotOffered, NotSpoken, Refused, Unreachable
from sipxconfig_client.paging import walk
from sipxconfig_client.refusals import Meaning, failure, java_class, meaning, plain_words
from sipxconfig_client.transport import HttpAnswer, Transport
from sipxconfig_client.values import AlreadyThere, Created, ExternalLine, Line, Model, NewPhone, Phone, UserLine
from sipxconfig_client.versions import exact_version

logger = logging.getLogger(__name__)

T = TypeVar("T")
_NO_SUCH_PATH = "javax.ws.rs.NotFoundException"


class NewApi:
    """Every method may raise ``Unreachable`` or ``AccessDenied``. Threads may share it."""

    def __init__(self, transport: Transport, models: Mapping[str, Model], digit_macs: DigitMacs) -> None:
        """*models* are the config system's own, *digit_macs* what is remembered of it, whoever asks."""
        self._transport = transport
        self._models = models
        self._digit_macs = digit_macs

    def phone(self, mac: MacAddress) -> Phone | None:
        """The phone with this serial number; None is sipXconfig's own "never heard of you", and nobody else's.

        6 % of one maker's older phones, and no Polycom, have an address that is taken for an id (``digit_macs``).
        """
        if is_taken_for_an_id(mac):
            return self._digit_macs.find(mac, phone_at=self._phone_at, page_of=self._page)
        found = self._phone_at(str(mac))
        if found is None:
            # An empty 404 could be any web server's: believed only where a list of phones is served.
            self._page(0, 1)
        elif found.mac != mac:
            raise Unreachable("the config system answered with another phone than the one asked for")
        return found

    def phones(self, *, start: int, limit: int) -> list[Phone]:
        """One page: rows *start* to *start* + *limit* - 1 in the order of their ids, from 0."""
        return self._page(start, limit)

    def all_phones(self, page_size: int = 200) -> Iterator[Phone]:
        """Every phone once, by ascending id; a phone deleted meanwhile hides none of the others (``paging``)."""
        return self._digit_macs.passing(walk(self._page, page_size=page_size))

    def create(self, new: NewPhone) -> Created | AlreadyThere:
        """Put a phone there, unless it is there; after an answer in doubt a second look tells which.

        Raises:
            Refused: the config system will never take this record.
        """
        body = new_phone_body(self._named_exactly(new))
        # The API itself refuses a second record: for a MAC that it cannot look up, that is the look before.
        known = None if is_taken_for_an_id(new.mac) else self.phone(new.mac)
        if known is not None:
            return AlreadyThere(known)
        try:
            answer = self._transport.send("POST", "/api/phones", body)
            if answer.status != 200:
                return self._not_created(new, answer)
            created = Created(_read(answer, read_id))
            self._digit_macs.note(new.mac, created.phone_id)
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
            _read(_done(self._transport.send("PUT", f"/api/phones/{key}", body)), read_id)
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
            _expect_nothing(_done(self._transport.send("POST", f"/api{path}", line_body(line))))
        except Unreachable as error:
            if not error.in_doubt or self._count_of(line, path) <= before:
                raise
        logger.debug("line added", extra={"phone_id": phone_id})

    def remove_lines(self, phone_id: int) -> None:
        """Un-assign: take every line away. A phone without lines, or one that is gone, stays as it is."""
        self._delete(f"/phones/{phone_id}/lines", is_done=lambda: self._has_no_lines(phone_id))

    def delete(self, phone_id: int) -> None:
        """Remove the record, its lines and its files; one that is gone already stays gone."""
        self._delete(f"/phones/{phone_id}", is_done=lambda: self._phone_at(str(phone_id)) is None)

    def send_profiles(self, phone_id: int) -> None:
        """Have sipXconfig write the phone's files, then restart it if it is registered there; it does so later.

        Raises:
            NotOffered: sipXconfig before 18.04 does that on its own pages alone.
        """
        answer = self._transport.send("PUT", f"/api/phones/{phone_id}/sendProfile/restart")
        if answer.status == 500 and java_class(answer) == _NO_SUCH_PATH:
            raise NotOffered("this sipXconfig sends profiles on its own pages alone: it is older than 18.04")
        _expect_nothing(_done(answer))

    def _delete(self, path: str, *, is_done: Callable[[], bool]) -> None:
        try:
            answer = self._transport.send("DELETE", f"/api{path}")
            if meaning(answer) is not Meaning.NOT_FOUND:
                _expect_nothing(_done(answer))
                return
        except Unreachable as error:
            if not error.in_doubt or not is_done():
                raise
        else:
            if not is_done():
                raise failure(answer)

    def _has_no_lines(self, phone_id: int) -> bool:
        phone = self._phone_at(str(phone_id))
        return phone is None or phone.is_unassigned

    def _named_exactly(self, new: NewPhone) -> NewPhone:
        """Any other version's name would be stored as none, for this phone and for those after it (contract 2.4)."""
        model = self._models.get(new.model_id)
        return new if model is None else replace(new, version=exact_version(new.version, model.versions))

    def _page(self, start: int, limit: int) -> list[Phone]:
        return self._get(f"/phones?start={start}&limit={limit}", read_phones)

    def _get(self, path: str, read: Callable[[bytes], T]) -> T:
        answer = self._transport.send("GET", f"/api{path}")
        if answer.status != 200:
            raise failure(answer)
        return _read(answer, read)

    def _phone_at(self, key: str) -> Phone | None:
        answer = self._transport.send("GET", f"/api/phones/{key}")
        if answer.status == 200:
            return _read(answer, read_phone)
        if meaning(answer) is Meaning.NOT_FOUND:
            return None
        raise failure(answer)

    def _not_created(self, new: NewPhone, answer: HttpAnswer) -> AlreadyThere:
        found = meaning(answer)
        if found in (Meaning.TAKEN, Meaning.LOOK_AGAIN):
            self._digit_macs.forget()  # taken by a phone that was not found: it may have been given that MAC
            known = self.phone(new.mac) or self.phone(new.mac)  # an empty 404 may be any proxy's
            if known is not None:
                return AlreadyThere(known)
        if found is Meaning.TAKEN:  # and not there: one of the two answers was no truth, or the phone was just deleted
            raise Unreachable(plain_words(answer))
        if found in (Meaning.LOOK_AGAIN, Meaning.REFUSED):
            raise Refused(plain_words(answer))
        raise failure(answer)

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
    if meaning(answer) in (Meaning.TAKEN, Meaning.LOOK_AGAIN, Meaning.REFUSED):
        raise Refused(plain_words(answer))
    raise failure(answer)


def _stranger(what: str) -> NotSpoken:
    reason = f"the config system's address answered with something that is not sipXconfig: {what}"
    return NotSpoken(reason, in_doubt=True)
