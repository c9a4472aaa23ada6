"""A disk that is full, or read-only, under everything that we write: said, survived, and healed without a hand."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep

import pytest
import requests

from autoprov_queue.entry import EntryState
from bench.desk_phones import DeskPhones
from tests.peers.disks import read_only, small_disk
from tests.story.site import PATIENCE_SECONDS, Site, site, tables

SAID = {"phones wait in memory", "sightings cannot be written now"}
"""By the hook and the timeline."""


def soon(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + 2 * PATIENCE_SECONDS  # the hook tries again ever more rarely
    while not condition():
        assert monotonic() < deadline
        sleep(0.05)


def phones_come_until_it_is_said(phones: DeskPhones, caplog: pytest.LogCaptureFixture) -> None:
    """One may still be written: SQLite writes over what it no longer needs of its log."""
    for _ in range(40):
        phones.plug_in()
        patience = monotonic() + 2
        while monotonic() < patience:
            if set(caplog.messages) >= SAID:
                return
            sleep(0.05)
    pytest.fail("nobody says that nothing can be written")


def two_phones_come_and_more_while(
    trouble: Callable[[], object], over: Callable[[], object], running: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """Phones that come in the trouble are through after it."""
    with DeskPhones(running.settings) as phones:
        phones.plug_in()
        phones.plug_in()
        running.wait_for_phones(2)
        caplog.clear()
        trouble()
        phones_come_until_it_is_said(phones, caplog)
        tag = phones.tags[0]
        answer = requests.get(f"{running.boot_url}{tag.mac}-registration.cfg", timeout=PATIENCE_SECONDS)
        assert (answer.status_code, str(tag) in answer.text) == (200, True)
        over()
        soon(lambda: len(list(running.client.all_phones())) == len(phones.tags))
        for tag in phones.tags:
            running.wait_for_entry(str(tag.mac), EntryState.CREATED)
        soon(lambda: "sightings are written again" in caplog.messages)
    assert phones.strange == []
    assert not [record for record in caplog.records if record.exc_info], "a traceback is no report"


def test_a_full_disk_is_said_kills_nobody_and_heals(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with small_disk(tmp_path / "disk", megabytes=8) as disk, site(disk.path, tables()) as running:
        two_phones_come_and_more_while(disk.fill, disk.make_room, running, caplog)


def test_a_disk_that_becomes_read_only_is_said_kills_nobody_and_heals(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with site(tmp_path, tables()) as running, ExitStack() as mounts:
        two_phones_come_and_more_while(
            lambda: mounts.enter_context(read_only(running.settings.state_directory)), mounts.close, running, caplog
        )
