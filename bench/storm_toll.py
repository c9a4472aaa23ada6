"""What a storm did, and what must be true after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from autoprov_phones.description import describe
from autoprov_phones.detected_phone import DetectedPhone
from autoprov_queue.entry import EntryState
from sipxconfig_server.era import Era
from tests.peers.bad_weather import ON_READING, ON_WRITING
from tests.peers.faulty_http import Fault

_HITS = 50
_RESETS_AFTER_THE_STORE = 100
_CREATE = {True: "POST /sipxconfig/api/phones", False: "POST /sipxconfig/rest/phone"}


@dataclass(frozen=True, slots=True)
class Toll:
    """*hits* counts at the proxy, by kind; *done* those that hit a request that the server had carried out.

    *last_seen* are the phones as they registered last; *records* the inventory's rows, Descriptions by serial number,
    of which there were *rows*.
    """

    seed: int
    era: Era
    seconds: float
    requests: int
    hits: Mapping[Fault, int]
    done: Mapping[tuple[str, Fault], int]
    entries: Mapping[EntryState, int]
    last_seen: Sequence[DetectedPhone]
    records: Mapping[str, str]
    rows: int

    def stored(self, fault: Fault) -> int:
        """How often the fault hit a create that the server had carried out."""
        return self.done.get((_CREATE[self.era.has_new_api], fault), 0)

    def problems(self) -> list[str]:
        """What was lost, doubled or left."""
        said: list[str] = []
        due = {str(phone.tag.mac): describe(phone).text for phone in self.last_seen}
        if self.records.keys() != due.keys() or self.rows != len(due):
            said.append(f"{self.rows} records of {len(self.records)} serial numbers for {len(due)} phones")
        # The old REST does not tell of a phone that is there, and brings no Description up to date.
        stale = [mac for mac, text in due.items() if self.era.has_new_api and self.records.get(mac, text) != text]
        if stale:
            said.append(f"{len(stale)} Descriptions are not of the last REGISTER: {stale[:5]}")
        if self.entries[EntryState.CREATED] != len(due):
            said.append(
                "left in the queue: " + ", ".join(f"{state.value} {self.entries[state]}" for state in EntryState)
            )
        return said

    def too_rare(self) -> list[str]:
        """Which faults were not met as often as such a run promises."""
        hits = {fault: self.hits.get(fault, 0) for fault in (ON_READING | ON_WRITING)}
        said = [f"{fault.name}: {count} hits" for fault, count in hits.items() if count < _HITS]
        if self.stored(Fault.RESET_AFTER) < _RESETS_AFTER_THE_STORE:
            said.append(f"only {self.stored(Fault.RESET_AFTER)} resets after the store")
        return said


def print_toll(toll: Toll) -> None:
    """One row for each kind of fault."""
    size = f"{len(toll.last_seen)} phones, {toll.requests} requests in {toll.seconds:.0f} s"
    title = f"seed {toll.seed}, era {toll.era.value}: {size}"
    table = Table("what happened to a request", "requests", "creates that were stored", title=title)
    for fault in Fault:
        if fault in toll.hits:
            table.add_row(fault.value, str(toll.hits[fault]), str(toll.stored(fault)))
    console = Console(width=120, highlight=False, emoji=False)
    console.print(table)
    states = ", ".join(f"{count} {state.value}" for state, count in toll.entries.items())
    console.print(f"{toll.rows} records of {len(toll.records)} serial numbers; entries: {states}")
