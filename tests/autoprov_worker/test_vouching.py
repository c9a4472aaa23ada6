"""Old generations with somebody who vouches: new phones come in, and none with a line is ever taken for one."""

import logging
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_queue.entry import EntryState, Settled
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_web.spool_reader import CannotTell, Known, Stranger, look_up
from autoprov_worker.known_phones import KnownPhonesSettings, NotVouched
from autoprov_worker.spool import SpoolWriter
from autoprov_worker.vouching import GONE_AFTER, Vouching
from sipxconfig_server.era import Era
from tests.autoprov_queue.values import MAC, NOON, OTHER_MAC, HandClock, detected, nth_mac
from tests.autoprov_worker.site import SETTINGS, Site, site_in
from tests.peers.sipxecs_tftproot import SipxecsLine, write_profile

DAY = timedelta(days=1)
MINUTES = timedelta(minutes=5)
LINE = SipxecsLine("201", "secret", ("127.0.0.1", 5060))


@pytest.fixture
def tftproot(tmp_path: Path) -> Path:
    directory = tmp_path / "tftproot"
    directory.mkdir()
    write_profile(directory, str(MAC), LINE)
    return directory


@pytest.fixture(params=[Era.A, Era.B, Era.C], ids=lambda era: f"era {era.value}")
def site(request: pytest.FixtureRequest, tmp_path: Path, tftproot: Path) -> Generator[Site]:
    known_phones = KnownPhonesSettings(tftproot, None, DAY)
    with site_in(tmp_path, era=request.param, settings=replace(SETTINGS, known_phones=known_phones)) as built:
        yield built


def looked_up(site: Site, mac: MacAddress) -> object:
    return look_up(str(site.folder / "spool"), mac, now=site.clock.now.timestamp(), max_age=900.0)


def snapshots(site: Site, count: int) -> None:
    for _ in range(count):
        site.clock.forward(MINUTES)
        assert site.snapshot()


def is_assigned(found: object) -> bool:
    return isinstance(found, Known) and found.entry.is_assigned


def test_from_the_second_reading_on_a_known_phone_is_left_alone_and_a_stranger_is_new(site: Site) -> None:
    snapshots(site, 1)
    assert isinstance(looked_up(site, OTHER_MAC), CannotTell)
    snapshots(site, 1)
    assert is_assigned(looked_up(site, MAC))
    assert isinstance(looked_up(site, OTHER_MAC), Stranger)


def test_a_new_phone_is_sent_and_once_it_has_files_of_its_own_it_is_told(site: Site, tftproot: Path) -> None:
    snapshots(site, 2)
    site.queue.put([detected(OTHER_MAC)])
    site.step()
    assert site.entry(OTHER_MAC).state is EntryState.CREATED
    snapshots(site, 1)
    assert site.ordered(OrderKind.RESYNC) == []
    write_profile(tftproot, str(OTHER_MAC), LINE)  # the superadmin assigned it and sent its profiles
    snapshots(site, 1)
    assert site.ordered(OrderKind.RESYNC) == [OTHER_MAC]
    assert is_assigned(looked_up(site, OTHER_MAC))
    assert site.sightings[-1].verdict == "followed"


def test_a_spool_that_was_lost_re_syncs_nobody(site: Site, tftproot: Path) -> None:
    snapshots(site, 2)
    site.queue.put([detected(OTHER_MAC)])
    site.step()
    write_profile(tftproot, str(OTHER_MAC), LINE)
    for file in (site.folder / "spool").iterdir():
        file.unlink()
    snapshots(site, 2)
    assert is_assigned(looked_up(site, OTHER_MAC))
    assert site.ordered(OrderKind.RESYNC) == []


def test_a_source_that_fails_vouches_no_more_and_hurts_nobody(
    site: Site, tftproot: Path, caplog: pytest.LogCaptureFixture
) -> None:
    snapshots(site, 2)
    tftproot.rename(tftproot.with_name("unmounted"))
    tftproot.mkdir()
    snapshots(site, 4)  # longer than a snapshot counts
    assert is_assigned(looked_up(site, MAC))
    assert isinstance(looked_up(site, OTHER_MAC), CannotTell)
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1
    tftproot.rmdir()
    tftproot.with_name("unmounted").rename(tftproot)
    snapshots(site, 1)
    assert isinstance(looked_up(site, OTHER_MAC), CannotTell)
    snapshots(site, 1)
    assert isinstance(looked_up(site, OTHER_MAC), Stranger)


def test_a_phone_whose_file_is_missing_for_moments_stays_known_and_one_that_is_gone_is_new(
    site: Site, tftproot: Path
) -> None:
    write_profile(tftproot, str(nth_mac(1)), LINE)
    snapshots(site, 2)
    (tftproot / f"{MAC}.cfg").unlink()
    snapshots(site, 2)
    assert is_assigned(looked_up(site, MAC))
    snapshots(site, GONE_AFTER // MINUTES)
    assert isinstance(looked_up(site, MAC), Stranger)


def test_when_many_are_missing_at_once_the_source_is_doubted(site: Site, tftproot: Path) -> None:
    for number in range(12):
        write_profile(tftproot, str(nth_mac(number)), LINE)
    snapshots(site, 2)
    for number in range(12):
        (tftproot / f"{nth_mac(number)}.cfg").unlink()
    snapshots(site, 6)
    assert all(is_assigned(looked_up(site, nth_mac(number))) for number in range(12))
    assert isinstance(looked_up(site, OTHER_MAC), CannotTell)


def test_a_raised_generation_outlives_the_phones_release(site: Site, tftproot: Path) -> None:
    write_profile(tftproot, str(nth_mac(1)), LINE)
    site.spool.write(MAC, SpoolEntry(PhoneState.UNASSIGNED, 2))
    snapshots(site, 2)
    assert site.spooled() == SpoolEntry(PhoneState.ASSIGNED, 2)
    (tftproot / f"{MAC}.cfg").unlink()
    snapshots(site, 2 + GONE_AFTER // MINUTES)
    assert site.spooled() == SpoolEntry(PhoneState.UNASSIGNED, 2)


@pytest.fixture
def queue(tmp_path: Path) -> Generator[PhoneQueue]:
    with closing(PhoneQueue(f"sqlite:///{tmp_path / 'queue.sqlite'}", clock=HandClock())) as opened:
        yield opened


def vouching_for(queue: PhoneQueue, tftproot: Path) -> tuple[Vouching, SpoolWriter]:
    spool = SpoolWriter(tftproot.with_name("spool"))
    return Vouching(queue, spool, KnownPhonesSettings(tftproot, None, DAY)), spool


def test_of_many_phones_a_tenth_may_be_missing_at_once(queue: PhoneQueue, tftproot: Path) -> None:
    for number in range(60):
        (tftproot / f"{nth_mac(number)}.cfg").touch()
    vouching, _ = vouching_for(queue, tftproot)
    vouching.take(now=NOON)
    for number in range(6):
        (tftproot / f"{nth_mac(number)}.cfg").unlink()
    vouching.take(now=NOON + MINUTES)
    (tftproot / f"{nth_mac(6)}.cfg").unlink()
    with pytest.raises(NotVouched, match="7 of 61"):
        vouching.take(now=NOON + 2 * MINUTES)


def test_a_clock_that_is_set_back_does_not_keep_a_phone_that_is_gone_for_longer(
    queue: PhoneQueue, tftproot: Path
) -> None:
    (tftproot / f"{nth_mac(1)}.cfg").touch()
    vouching, spool = vouching_for(queue, tftproot)
    for now in (NOON, NOON + DAY, NOON):
        vouching.take(now=now)
        (tftproot / f"{MAC}.cfg").unlink(missing_ok=True)
    assert spool.read(MAC) is not None
    vouching.take(now=NOON + GONE_AFTER)
    assert spool.read(MAC) is None


def test_a_phone_that_is_gone_is_new_to_the_queue_as_well(queue: PhoneQueue, tftproot: Path) -> None:
    (tftproot / f"{nth_mac(1)}.cfg").touch()
    queue.put([detected(MAC)])
    for entry in queue.claim(limit=1, lease=MINUTES):
        queue.finish(entry, Settled("created"))
    vouching, _ = vouching_for(queue, tftproot)
    vouching.take(now=NOON)
    (tftproot / f"{MAC}.cfg").unlink()
    vouching.take(now=NOON)
    assert queue.find(MAC) is not None
    vouching.take(now=NOON + GONE_AFTER)
    assert queue.find(MAC) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["read", "file away", "file back", "empty", "unreadable", "sound"]), max_size=14))
def test_a_phone_that_keeps_its_line_is_never_new_whatever_happens_to_the_source(
    tmp_path_factory: pytest.TempPathFactory, happenings: list[str]
) -> None:
    """Away for less than a quarter of an hour: written anew, restored, mounted again."""
    folder = tmp_path_factory.mktemp("vouching")
    clock = HandClock()
    queue = PhoneQueue(f"sqlite:///{folder / 'queue.sqlite'}", clock=clock)
    root = folder / "tftproot"
    root.mkdir()
    for mac in (MAC, nth_mac(1)):
        write_profile(root, str(mac), LINE)
    vouching = Vouching(queue, SpoolWriter(folder / "spool"), KnownPhonesSettings(root, None, DAY))
    master = root / f"{MAC}.cfg"
    away = 0
    for happening in ["read", *happenings, "sound", "file back", "read", "read"]:
        match happening:
            case "read":
                clock.forward(timedelta(minutes=2))
                away = away + 1 if not (root.is_dir() and master.exists()) else 0
                if away * timedelta(minutes=2) >= GONE_AFTER:
                    break
                with suppress(NotVouched):
                    vouching.take(now=clock.now)
            case "file away" if root.is_dir():
                master.unlink(missing_ok=True)
            case "file back" if root.is_dir():
                write_profile(root, str(MAC), LINE)
            case "empty" | "unreadable" if root.is_dir() and not (folder / "kept").exists():
                root.rename(folder / "kept")
                if happening == "empty":
                    root.mkdir()
            case "sound" if (folder / "kept").exists():
                if root.is_dir():
                    for path in root.iterdir():
                        path.unlink()
                    root.rmdir()
                (folder / "kept").rename(root)
            case _:
                pass
        found = look_up(str(folder / "spool"), MAC, now=clock.now.timestamp(), max_age=900.0)
        assert not isinstance(found, Stranger), happening
    queue.close()
