import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registrar_plugin.hosts.plugin_socket import PluginSocket
from registrar_plugin.registration import AcceptedRegistration
from tests.contrib.sipxecs.built import CALL, SOURCE, USER, BuiltPlugin, compile_plugin
from tests.peers.installed import installed
from tests.peers.polycom import register
from tests.registrar_plugin.registrations import eventually

HEADING = b"AUTOPROV/1 - 0 -\n"
MESSAGE = register(user=USER, call_id=CALL)
MANY_THREADS = 64


@contextmanager
def bound(path: Path) -> Generator[socket.socket]:
    """A socket that nobody has to read."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as reader:
        reader.bind(str(path))
        reader.setblocking(False)
        yield reader


def waiting(reader: socket.socket) -> list[bytes]:
    """The datagrams that lie in its queue."""
    found: list[bytes] = []
    while True:
        try:
            found.append(reader.recv(100_000))
        except BlockingIOError:
            return found


@pytest.mark.parametrize("standard", ["gnu++98", "gnu++11", "gnu++14", "gnu++17"])
def test_it_compiles_without_a_warning(tmp_path: Path, standard: str) -> None:
    library = tmp_path / "plugin.so"
    assert compile_plugin(library, standard=standard) == ""
    assert library.exists()


def test_it_needs_of_the_registrar_what_is_written_down(plugin: BuiltPlugin) -> None:
    listed = subprocess.run(
        [installed("nm"), "-D", "--undefined-only", plugin.library], capture_output=True, text=True, check=True
    )
    needed = {name for kind, name in (line.split() for line in listed.stdout.splitlines()) if kind == "U"}
    of_the_registrar = {name for name in needed if "@" not in name}  # libc's and libstdc++'s have a version
    assert sorted(of_the_registrar) == (SOURCE / "needed-symbols").read_text(encoding="ascii").split()


def test_a_registration_is_told_as_it_came(plugin: BuiltPlugin, tmp_path: Path) -> None:
    with bound(tmp_path / "s") as reader:
        plugin.called(tmp_path / "s", MESSAGE)
        assert waiting(reader) == [HEADING + MESSAGE.replace(CALL.encode(), b"0-0")]


@pytest.mark.parametrize("user", [f"{USER}~HL2", "%7E%7eid~sipXprovision", f"{USER}/0004f2abcdef"])
def test_whose_user_begins_with_the_wanted_one_is_told_of(plugin: BuiltPlugin, tmp_path: Path, user: str) -> None:
    with bound(tmp_path / "s") as reader:
        plugin.called(tmp_path / "s", register(user=user))
        assert len(waiting(reader)) == 1


@pytest.mark.parametrize("user", ["200", "~~id~sipXprovisio", "x~~id~sipXprovision", "~~id~sipxprovision", "%7", "%zz"])
def test_other_users_are_not_told_of(plugin: BuiltPlugin, tmp_path: Path, user: str) -> None:
    with bound(tmp_path / "s") as reader:
        plugin.called(tmp_path / "s", register(user=user))
        assert waiting(reader) == []


def test_the_user_can_be_set(plugin: BuiltPlugin, tmp_path: Path) -> None:
    with bound(tmp_path / "s") as reader:
        plugin.called(tmp_path / "s", register(user="200"), user="20")
        assert len(waiting(reader)) == 1


def test_without_keys_it_takes_sipxecs_own_user_and_our_socket(plugin: BuiltPlugin, tmp_path: Path) -> None:
    with bound(tmp_path / "s") as reader:
        plugin.called(tmp_path / "s", MESSAGE, user="")
        assert len(waiting(reader)) == 1


def test_a_longer_message_is_cut_off(plugin: BuiltPlugin, tmp_path: Path) -> None:
    message = MESSAGE + b"x" * 100_000
    with bound(tmp_path / "s") as reader:
        plugin.called(tmp_path / "s", message)
        (told,) = waiting(reader)
        assert told.startswith(HEADING + MESSAGE[:40])
        assert 60_000 < len(told) < 65_536


def test_any_bytes_pass_unchanged(plugin: BuiltPlugin, tmp_path: Path) -> None:
    message = MESSAGE.replace(b"KTM4PX", bytes(range(128, 256))) + b"\0\xff"
    with bound(tmp_path / "s") as reader:
        plugin.called(tmp_path / "s", message)
        assert waiting(reader) == [HEADING + message.replace(CALL.encode(), b"0-0")]


def test_many_threads_at_a_time_mix_nothing_up(plugin: BuiltPlugin, tmp_path: Path) -> None:
    with bound(tmp_path / "s") as reader:
        plugin.called(tmp_path / "s", MESSAGE, threads=MANY_THREADS, calls=200)
        told = waiting(reader)  # as many as the kernel queues; the others were lost, and nobody waited for them
    ids = [each.partition(b"Call-ID: ")[2].partition(b"\r\n")[0] for each in told]
    assert told == [HEADING + MESSAGE.replace(CALL.encode(), call_id) for call_id in ids]
    assert len(set(ids)) == len(ids) >= 10


@pytest.mark.parametrize("state", ["absent", "left behind", "full", "no folder", "a file"])
def test_whatever_is_wrong_with_the_socket_every_call_returns(plugin: BuiltPlugin, tmp_path: Path, state: str) -> None:
    path = tmp_path / "s"
    with bound(path) as reader:
        match state:
            case "full":  # or its reader is stopped, which is the same from here
                plugin.called(path, MESSAGE, calls=2_000)
            case "left behind":
                reader.close()
            case "a file":
                path.unlink()
                path.write_bytes(b"")
            case "no folder":
                path = tmp_path / "no" / "s"
            case _:
                path.unlink()
        timing = plugin.called(path, MESSAGE, threads=MANY_THREADS, calls=100)
    assert timing.longest > 0  # a call that waits would never have come back: nobody reads


def test_a_reader_that_is_stopped_holds_nobody_up(plugin: BuiltPlugin, tmp_path: Path) -> None:
    path = tmp_path / "s"
    program = f"import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind({str(path)!r}); print()\n"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", f"{program}while s.recv(70_000): pass"], stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        reader.send_signal(signal.SIGSTOP)
        try:
            timing = plugin.called(path, MESSAGE, threads=MANY_THREADS, calls=100)
        finally:
            reader.kill()
    assert timing.longest > 0


def test_our_own_reader_takes_what_many_threads_tell(plugin: BuiltPlugin, tmp_path: Path) -> None:
    accepted: list[AcceptedRegistration] = []
    reader = PluginSocket(tmp_path / "s", on_accepted=accepted.append, clock=lambda: datetime.now(UTC))
    reader.start()
    try:
        plugin.called(tmp_path / "s", MESSAGE, threads=MANY_THREADS, calls=100)
        assert eventually(lambda: len(accepted) >= 10)
    finally:
        reader.stop()
    assert (reader.counts.unusable, reader.counts.repeated) == (0, 0)
    assert {each.user for each in accepted} == {USER}


def test_a_path_longer_than_a_socket_can_have_tells_nothing(plugin: BuiltPlugin, tmp_path: Path) -> None:
    plugin.called(tmp_path / ("s" * 150), MESSAGE)


def test_what_the_message_throws_reaches_nobody(plugin: BuiltPlugin, tmp_path: Path) -> None:
    with bound(tmp_path / "s") as reader:
        plugin.called(tmp_path / "s", MESSAGE, threads=MANY_THREADS, calls=100, is_faulty=True)
        assert waiting(reader) == []
