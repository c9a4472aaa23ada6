"""Phones whose MAC address the API takes for an id: all digits, and small enough for Java's int (contract 2.3).

They are found by their ids, which are remembered; new ones at the end of the list, from where the last look ended.
"""

from collections.abc import Callable, Iterator
from threading import Lock

from autoprov_phones.mac import MacAddress
from sipxconfig_client.paging import walk
from sipxconfig_client.values import Phone

_JAVA_INT_MAX = 2**31 - 1
_PAGE_SIZE = 200


def is_taken_for_an_id(mac: MacAddress) -> bool:
    """Whether the API would answer a look-up by this MAC address with another phone, or none."""
    return mac.hex.isdecimal() and int(mac.hex) <= _JAVA_INT_MAX


class DigitMacs:
    """The ids seen so far, and where a look at the list ended. Threads may share it."""

    def __init__(self) -> None:
        self._ids: dict[MacAddress, int] = {}
        self._row = 0
        self._last_id = -1
        self._lock = Lock()

    def passing(self, phones: Iterator[Phone]) -> Iterator[Phone]:
        """The same phones, their ids noted on the way. They are all there are, in the order of their ids."""
        count, last_id = 0, -1
        for phone in phones:
            self._note(phone)
            count, last_id = count + 1, phone.id
            yield phone
        with self._lock:
            self._row, self._last_id = max(0, count - 1), last_id

    def find(
        self,
        mac: MacAddress,
        *,
        phone_at: Callable[[str], Phone | None],
        page_of: Callable[[int, int], list[Phone]],
    ) -> Phone | None:
        """The phone with *mac*: by its id, or among those that are newer than the last look."""
        phone_id = self._ids.get(mac)
        if phone_id is not None:
            phone = phone_at(str(phone_id))
            if phone is not None and phone.mac == mac:
                return phone
            self._ids.pop(mac, None)
        found = None
        with self._lock:
            for phone in walk(page_of, page_size=_PAGE_SIZE, start=self._row, last_id=self._last_id):
                self._row += self._last_id >= 0
                self._last_id = phone.id
                self._note(phone)
                found = phone if phone.mac == mac else found
        return found

    def note(self, mac: MacAddress, phone_id: int) -> None:
        """This phone has that id."""
        if is_taken_for_an_id(mac):
            self._ids[mac] = phone_id

    def forget(self) -> None:
        """Begin again at the list's first row: a phone was renamed, or the list is another one."""
        with self._lock:
            self._ids.clear()
            self._row, self._last_id = 0, -1

    def _note(self, phone: Phone) -> None:
        if phone.mac is not None:
            self.note(phone.mac, phone.id)
