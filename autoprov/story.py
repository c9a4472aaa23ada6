"""The story of ``autoprov demo``: what phones and system report, told in the six steps of docs/how-it-flows.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autoprov_phones.mac import MacAddress
from autoprov_sightings.sighting import Sighting, Stage


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of the story: which phone, which of the six steps, what happened."""

    mac: MacAddress
    step: int
    text: str


@dataclass(slots=True)
class StoryTeller:
    """Turns events into lines; remembers of each phone only what decides the next line's words."""

    _assigned: set[MacAddress] = field(default_factory=set[MacAddress])
    _fetched: dict[MacAddress, list[str]] = field(default_factory=dict[MacAddress, list[str]])

    def phone_event(self, mac: MacAddress, event: Mapping[str, object]) -> StoryLine | None:
        """A line for what the simulated phone reports of itself, or None for its smaller steps."""
        match event.get("event"):
            case "boot":
                self._fetched[mac] = []
                return self._line(mac, 1, "boots and asks for its own file")
            case "fetch":
                return self._fetch(mac, str(event.get("url", "")), event.get("status"))
            case "screen":
                step = 6 if mac in self._assigned else 2
                return self._line(mac, step, f"its screen shows   [ {event.get('label')} ]")
            case "register":
                return self._line(mac, self._step(mac, 3), f"REGISTER as {event.get('user')}: {event.get('status')}")
            case "registered":
                said = f"is registered as {event.get('user')}, From display name {event.get('display_name')!s}"
                return self._line(mac, self._step(mac, 3), said)
            case "check-sync":
                self._assigned.add(mac)
                return self._line(mac, 6, "is told to fetch its files again (NOTIFY check-sync)")
            case "register-failed":
                return self._line(
                    mac, self._step(mac, 3), f"cannot register as {event.get('user')}: {event.get('status')}"
                )
            case "retry":
                return self._line(mac, self._step(mac, 1), f"will try again in {event.get('in')} s")
            case _:
                return None

    def sighting(self, sighting: Sighting) -> StoryLine | None:
        """A line for what the system saw: the hook's finding (4), the worker's answer (5), the re-sync (6)."""
        if sighting.mac is None:
            return None
        detail = f": {sighting.detail}" if sighting.detail else ""
        match sighting.stage:
            case Stage.FETCH:
                return None  # the phone tells it itself
            case Stage.REGISTER:
                return self._line(sighting.mac, 4, f"the hook says: {sighting.verdict}{detail}")
            case Stage.CONFIG:
                return self._line(
                    sighting.mac, self._step(sighting.mac, 5), f"the worker says: {sighting.verdict}{detail}"
                )
            case Stage.RESYNC:
                return self._line(sighting.mac, 6, f"re-sync: {sighting.verdict}{detail}")

    def assigned(self, mac: MacAddress, user: str) -> StoryLine:
        """The superadmin pressed Assign."""
        self._assigned.add(mac)
        return self._line(mac, 6, f"the superadmin assigns user {user}")

    def _fetch(self, mac: MacAddress, url: str, status: object) -> StoryLine:
        name = url.rpartition("/")[2]
        kind = 2 if "registration" in name else 1
        return self._line(mac, self._step(mac, kind), f"GET {name}: {status}")

    def _step(self, mac: MacAddress, step: int) -> int:
        return 6 if mac in self._assigned else step

    def _line(self, mac: MacAddress, step: int, text: str) -> StoryLine:
        return StoryLine(mac, step, text)
