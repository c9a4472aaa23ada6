import logging
import os
import socket
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registrar_plugin.hosts.plugin_socket import PluginSocket
from registrar_plugin.registration import AcceptedRegistration
from tests.peers.polycom import register
from tests.registrar_plugin.registrations import eventually

HEADING = b"AUTOPROV/1 - 0 -\n"
_OF_NO_USE = "datagrams of no use on the plug-in socket"
_OF_USE_AGAIN = "datagrams on the plug-in socket are of use again"


class Site:
    """A socket in a folder, and a registrar beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock_is_off = timedelta(0)
        self.accepted: list[AcceptedRegistration] = []
        self.reader = PluginSocket(
            path,
            on_accepted=self.accepted.append,
            clock=lambda: datetime.now(UTC) + self.clock_is_off,
            tell_every=timedelta(milliseconds=20),
        )

    def send(self, data: bytes) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as registrar:
            registrar.sendto(data, str(self.path))


@contextmanager
def listening(path: Path) -> Generator[Site]:
    site = Site(path)
    site.reader.start()
    try:
        yield site
    finally:
        site.reader.stop()


def test_each_registration_is_told_once(tmp_path: Path) -> None:
    with listening(tmp_path / "s") as site:
        for call_id, cseq in (("one", 1), ("one", 1), ("one", 2), ("two", 1)):
            site.send(HEADING + register(call_id=call_id, cseq=cseq))
        assert eventually(lambda: site.reader.counts.accepted + site.reader.counts.repeated == 4)
        assert [each.call_id for each in site.accepted] == ["one", "one", "two"]
        assert site.reader.counts.repeated == 1


def test_the_largest_message_that_a_plug_in_may_send_is_taken(tmp_path: Path) -> None:
    with listening(tmp_path / "s") as site:
        site.send(HEADING + register(extra=[f"X-Long: {'x' * 60_000}"]) + b"body" * 2_000)
        assert eventually(lambda: len(site.accepted) == 1)


def test_rubbish_is_counted_and_told_of_and_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with listening(tmp_path / "s") as site:
        for data in (b"", b"\xff" * 70_000, HEADING, b"AUTOPROV/1 - 0 -", os.urandom(2_000)):
            site.send(data)
        assert eventually(lambda: site.reader.counts.unusable == 5)
        site.send(HEADING + register())
        assert eventually(lambda: len(site.accepted) == 1)
        assert eventually(lambda: "datagrams of no use on the plug-in socket" in caplog.messages)


def test_what_was_told_of_is_not_told_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with listening(tmp_path / "s") as site:
        for number in (1, 2, 3):
            site.send(b"rubbish")
            assert eventually(lambda: sum(vars(each).get("count", 0) for each in caplog.records) == number)  # noqa: B023 - called before the next
            site.send(HEADING + register(cseq=number))
        assert eventually(lambda: len(site.accepted) == 3)
    assert caplog.messages.count("registrations are told by a plug-in") == 1


def test_trouble_is_told_though_the_clock_was_set_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with listening(tmp_path / "s") as site:
        for times, clock_is_off in ((1, timedelta(0)), (2, timedelta(hours=-6))):
            site.clock_is_off = clock_is_off
            site.send(b"rubbish")
            assert eventually(lambda: caplog.messages.count(_OF_NO_USE) == times)  # noqa: B023 - called before the next


def test_it_is_over_once_something_is_of_use_again_and_not_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with listening(tmp_path / "s") as site:
        site.send(HEADING + register())
        assert eventually(lambda: len(site.accepted) == 1)
        site.send(b"rubbish")
        assert eventually(lambda: _OF_NO_USE in caplog.messages)
        time.sleep(0.3)  # more than twice the quiet after which it could be over
        assert _OF_USE_AGAIN not in caplog.messages
        site.send(HEADING + register(cseq=2))
        assert eventually(lambda: _OF_USE_AGAIN in caplog.messages)


def test_the_socket_is_for_its_group_and_nobody_else(tmp_path: Path) -> None:
    with listening(tmp_path / "s") as site:
        mode = site.path.stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o660


def test_after_the_stop_nothing_is_left_in_the_folder(tmp_path: Path) -> None:
    with listening(tmp_path / "s"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_socket_of_a_process_that_died_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(path))
    with listening(path) as site:
        site.send(HEADING + register())
        assert eventually(lambda: len(site.accepted) == 1)


def test_a_socket_on_which_somebody_listens_is_left_to_him(tmp_path: Path) -> None:
    with listening(tmp_path / "s") as first:
        with pytest.raises(OSError, match="another process listens there"):
            Site(first.path).reader.start()
        first.send(HEADING + register())
        assert eventually(lambda: len(first.accepted) == 1)


def test_a_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OSError, match="no socket"):
        Site(path).reader.start()
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["missing/s", "s" * 200])
def test_a_path_that_cannot_be_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match=r"No such file|too long") as raised:
        Site(tmp_path / name).reader.start()
    assert raised.value.filename == str(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_successor_that_took_the_name_over_keeps_it(tmp_path: Path) -> None:
    site = Site(tmp_path / "s")
    site.reader.start()
    site.path.unlink()
    with listening(site.path) as successor:
        site.reader.stop()
        successor.send(HEADING + register())
        assert eventually(lambda: len(successor.accepted) == 1)
