"""The story of ``autoprov demo``: what phones and system report, told in the six steps of docs/how-it-flows.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_names import LINES, MASTER, REGISTRATION
from autoprov_phones.requested_file import read_file_name
from autoprov_sightings.sighting import Sighting, Stage


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of the story: which phone, which of the six steps, what happened."""

    mac: MacAddress
    step: int
    text: str


@dataclass(slots=True)
class _Chapter:
    """What is remembered of one phone, because it decides the next line's words."""

    is_assigned: bool = False
    is_registered: bool = False
    fetched: list[str] = field(default_factory=list[str])
    held: list[StoryLine] = field(default_factory=list[StoryLine])


class StoryTeller:
    """Turns events into lines.

    A phone's process and the system report independently; what the hook found is held until the phone has told that
    it registered, so that the steps come in their order.
    """

    def __init__(self) -> None:
        self._chapters: dict[MacAddress, _Chapter] = {}

    def phone_event(self, mac: MacAddress, event: str, facts: Mapping[str, object]) -> list[StoryLine]:
        """The lines for what the simulated phone reports of itself; its smaller steps have none."""
        chapter = self._chapter(mac)
        match event:
            case "boot":
                chapter.fetched.clear()
                return []
            case "fetch":
                return self._fetch(mac, chapter, facts)
            case "screen":
                return [StoryLine(mac, 6 if chapter.is_assigned else 2, f"its screen shows  [ {facts.get('label')} ]")]
            case "registered":
                return self._registered(mac, chapter, facts)
            case "check-sync":
                return [StoryLine(mac, 6, "NOTIFY check-sync tells the phone to fetch its files again")]
            case "register-failed":
                said = f"cannot register as {facts.get('user')}: {facts.get('reason')} ({facts.get('status')})"
                return [StoryLine(mac, 6 if chapter.is_assigned else 3, said)]
            case "boot-server":
                step = 6 if chapter.is_assigned else 2
                return [StoryLine(mac, step, "is told its own directory, restarts and boots from there")]
            case "retry":
                step = 6 if chapter.is_assigned else 1
                return [StoryLine(mac, step, f"will {facts.get('what')} again in {facts.get('in')} s")]
            case _:
                return []

    def sighting(self, sighting: Sighting) -> list[StoryLine]:
        """The lines for what the system saw: the hook's finding (4), the worker's answer (5), the re-sync (6)."""
        if sighting.mac is None or sighting.stage is Stage.FETCH:  # a phone tells of its fetches itself
            return []
        chapter = self._chapter(sighting.mac)
        line = self._sighting_line(sighting.mac, chapter, sighting)
        if line is None:
            return []
        if line.step < 6 and not chapter.is_registered:
            chapter.held.append(line)
            return []
        return [line]

    def found(self, mac: MacAddress, label: str) -> list[StoryLine]:
        """The superadmin sees the phone's row on the page."""
        return [StoryLine(mac, 6, f"the page shows  [ {label} ]  under - unassigned -")]

    def assigned(self, mac: MacAddress, user: str) -> list[StoryLine]:
        """The superadmin pressed Assign."""
        self._chapter(mac).is_assigned = True
        return [StoryLine(mac, 6, f"the superadmin assigns user {user}")]

    def _sighting_line(self, mac: MacAddress, chapter: _Chapter, sighting: Sighting) -> StoryLine | None:
        said = f"{sighting.verdict}, {sighting.detail}" if sighting.detail else sighting.verdict
        if sighting.stage is Stage.CONFIG and sighting.verdict == "followed":
            chapter.is_assigned = sighting.detail == "assigned"
            return StoryLine(
                mac, 6, f"the worker finds it {sighting.detail} and writes what it may fetch into the spool"
            )
        match sighting.stage:
            case Stage.REGISTER if not chapter.is_assigned:
                return StoryLine(mac, 4, f"take_action: {said}")
            case Stage.CONFIG:
                return StoryLine(mac, 5, f"config system: {said}")
            case Stage.RESYNC if sighting.verdict == "given up":
                return StoryLine(mac, 6, f"re-sync {said}")
            case _:
                return None

    def _fetch(self, mac: MacAddress, chapter: _Chapter, facts: Mapping[str, object]) -> list[StoryLine]:
        """The files that matter, as the phone's application asks for them; the updater asks for the same before."""
        name = str(facts.get("url", "")).rpartition("/")[2]
        requested = read_file_name(name)
        matters = requested.is_bootstrap or requested.suffix in (MASTER, REGISTRATION, LINES)
        if facts.get("program") != "Application" or not matters:
            return []
        chapter.fetched.append(f"{name} {facts.get('status') or 'no answer'}")
        if chapter.is_assigned:
            return [StoryLine(mac, 6, f"GET {chapter.fetched[-1]}")]
        if requested.suffix == REGISTRATION:
            return [StoryLine(mac, 2, f"GET {chapter.fetched[-1]}")]
        return [StoryLine(mac, 1, f"GET {', then '.join(chapter.fetched)}")] if requested.is_bootstrap else []

    def _registered(self, mac: MacAddress, chapter: _Chapter, facts: Mapping[str, object]) -> list[StoryLine]:
        step = 6 if chapter.is_assigned else 3
        said = f'REGISTER as {facts.get("user")} at {facts.get("server")}: 401, 200; From "{facts.get("display_name")}"'
        held, chapter.held, chapter.is_registered = chapter.held, [], True
        return [StoryLine(mac, step, said), *held]

    def _chapter(self, mac: MacAddress) -> _Chapter:
        return self._chapters.setdefault(mac, _Chapter())
