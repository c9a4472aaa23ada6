from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_sightings.log import SightingsLog
from autoprov_sightings.sighting import Sighting, Stage
from registrar_plugin.resync.places import NotKnownNow
from registrar_plugin.resync.timeline import last_address
from tests.registrar_plugin.registrations import NOW, tag

MAC = tag(1).mac


def timeline_of(folder: Path, seen: Sequence[tuple[Stage, str, str]]) -> SightingsLog:
    """A timeline in which the phone was seen so, the oldest first: stage, verdict, address."""
    log = SightingsLog(folder / "sightings.sqlite")
    with closing(log):
        log.start()
        for number, (stage, verdict, address) in enumerate(seen):
            log.saw(Sighting(MAC, NOW + timedelta(seconds=number), stage, verdict, address=address))
    return log


def test_a_phone_is_where_it_last_got_what_it_asked_for(tmp_path: Path) -> None:
    seen = [(Stage.REGISTER, "refreshed", "192.0.2.31"), (Stage.FETCH, "served", "192.0.2.32")]
    assert last_address(timeline_of(tmp_path, seen), MAC) == "192.0.2.32"


@pytest.mark.parametrize(
    "later",
    [
        (Stage.FETCH, "503: assigned, and has not shown that it is this phone", "192.0.2.66"),
        (Stage.FETCH, "404: not found", "192.0.2.66"),
        (Stage.REGISTER, "not ours", "192.0.2.66"),
        (Stage.REGISTER, "wrong password", "192.0.2.66"),
        (Stage.REGISTER, "registered", "evil.example"),
        (Stage.REGISTER, "registered", "0.0.0.0"),
        (Stage.RESYNC, "later", ""),
        (Stage.CONFIG, "created", "192.0.2.66"),
    ],
)
def test_what_anybody_can_ask_for_in_its_name_does_not_move_it(later: tuple[Stage, str, str], tmp_path: Path) -> None:
    seen = [(Stage.REGISTER, "registered", "192.0.2.31"), later]
    assert last_address(timeline_of(tmp_path, seen), MAC) == "192.0.2.31"


def test_a_phone_that_was_never_seen_is_nowhere(tmp_path: Path) -> None:
    assert last_address(timeline_of(tmp_path, []), MAC) is None


def test_a_timeline_that_cannot_be_read_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(NotKnownNow):
        last_address(SightingsLog(tmp_path / "gone" / "sightings.sqlite"), MAC)
