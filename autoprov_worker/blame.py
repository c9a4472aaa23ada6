"""Which phones fail while others get through: of an outage no phone is to blame."""

from autoprov_phones.mac import MacAddress

ENOUGH = 50
"""Failures of a phone's own, at up to five minutes from one to the next: four hours."""


class Blame:
    """Belongs to one worker; what it counted ends with it."""

    def __init__(self) -> None:
        self._successes = 0
        self._failures: dict[MacAddress, tuple[int, int]] = {}

    def something_worked(self) -> None:
        """The config system answered as it should, to whatever question."""
        self._successes += 1

    def clear(self, mac: MacAddress) -> None:
        """The phone is through, or a person's affair."""
        self._failures.pop(mac, None)

    def failed(self, mac: MacAddress) -> int:
        """How often the phone has failed by now; failures in a row, between which nothing worked, are one."""
        count, successes = self._failures.get(mac, (0, -1))
        count += successes < self._successes
        self._failures[mac] = count, self._successes
        return count
