"""contrib/kamailio/autoprov_hook.py within a real Kamailio: each trap of its embedded Python, sprung."""

import ast
import os
import shutil
import socket
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registrar_plugin.hosts.plugin_socket import PluginSocket
from registrar_plugin.registration import AcceptedRegistration
from tests.contrib.kamailio_in_process import HOOK, in_process, register_once
from tests.peers.kamailio import Kamailio
from tests.peers.polycom import USER
from tests.registrar_plugin.registrations import eventually

PATIENCE_SECONDS = 20
_QUEUE_LENGTH = Path("/proc/sys/net/unix/max_dgram_qlen")
_NEVER_SO_MANY = 100_000


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the socket is to be: ``plugin.sock``."""
    folder = tmp_path_factory.mktemp("kamailio")
    monkeypatch.setenv("AUTOPROV_SOCKET", str(folder / "plugin.sock"))
    return folder


@contextmanager
def reader(folder: Path) -> Generator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(str(folder / "plugin.sock"))
        bound.settimeout(PATIENCE_SECONDS)
        yield bound
    (folder / "plugin.sock").unlink()


def call_ids(told: socket.socket, count: int) -> list[str]:
    """Of so many datagrams."""
    return [told.recv(65_536).partition(b"\r\nCall-ID: ")[2].partition(b"\r\n")[0].decode() for _ in range(count)]


def fill(folder: Path) -> int:
    """Send until the reader's queue takes no more; how many datagrams it took."""
    for count in range(_NEVER_SO_MANY):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            try:
                sender.sendto(b"filler", str(folder / "plugin.sock"))
            except BlockingIOError:
                return count
    raise AssertionError("the queue is never full")


def drained(told: socket.socket) -> int:
    """How many datagrams the socket held."""
    told.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while told.recv(65_536):
            count += 1
    told.settimeout(PATIENCE_SECONDS)
    return count


def complaints(pbx: Kamailio) -> list[str]:
    log = (pbx.folder / "log").read_text("utf-8", "replace")
    return [line for line in log.splitlines() if "ERROR" in line or "Traceback" in line or "app_python3" in line]


def test_accepted_registrations_are_told_and_no_others(folder: Path) -> None:
    told: list[AcceptedRegistration] = []
    listener = PluginSocket(folder / "plugin.sock", on_accepted=told.append, clock=lambda: datetime.now(UTC))
    listener.start()
    try:
        with in_process() as pbx:
            register_once(pbx, "wrong", password="guessed")
            register_once(pbx, "gone", expires="0")
            register_once(pbx, "phone")
            register_once(pbx, "another")
            assert eventually(lambda: len(told) == 2)
            assert complaints(pbx) == []
    finally:
        listener.stop()
    assert [(each.call_id, each.user, each.display_name) for each in told] == [
        ("phone", USER, "KTM4PX-0004f2abcdef"),
        ("another", USER, "KTM4PX-0004f2abcdef"),
    ]
    assert {each.source[0] for each in told} == {"127.0.0.1"}


def test_a_message_that_is_not_utf_8_is_told_octet_for_octet(folder: Path) -> None:
    with reader(folder) as told, in_process() as pbx:
        register_once(pbx, "latin", name=b"B\xfcro\xff")
        assert b'From: "B\xfcro\xff-0004f2abcdef" <sip:' in told.recv(65_536)
        register_once(pbx, "after")
        assert call_ids(told, 1) == ["after"]
        assert complaints(pbx) == []


def test_without_a_socket_phones_register_and_are_told_of_once_there_is_one(folder: Path) -> None:
    with in_process() as pbx:
        for number in range(9):  # 5.6 calls a hook that returned None at every second registration only
            register_once(pbx, f"unheard-{number}")
        pbx.wait_until_it_answers()  # its one worker is done with the hook then
        with reader(folder) as told:
            for number in range(9):
                register_once(pbx, f"heard-{number}")
            assert call_ids(told, 9) == [f"heard-{number}" for number in range(9)]
        assert complaints(pbx) == []


def test_with_a_socket_that_nobody_reads_any_more_phones_register(folder: Path) -> None:
    with in_process() as pbx:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
            dead.bind(str(folder / "plugin.sock"))
        for number in range(3):
            register_once(pbx, f"unheard-{number}")
        assert complaints(pbx) == []


def test_with_a_stuck_reader_and_a_full_queue_phones_register_and_are_told_of_once_it_reads(folder: Path) -> None:
    with reader(folder) as told, in_process() as pbx:
        queued = fill(folder)
        assert queued == int(_QUEUE_LENGTH.read_text("ascii")) + 1
        register_once(pbx, "early")
        pbx.wait_until_it_answers()  # its one worker is done with the hook then
        assert drained(told) == queued
        register_once(pbx, "late")
        assert call_ids(told, 1) == ["late"]
        assert complaints(pbx) == []


def test_with_a_socket_that_cannot_be_phones_register(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOPROV_SOCKET", "/" + "x" * 300)
    with in_process() as pbx:
        for number in range(9):
            register_once(pbx, f"unheard-{number}")
        assert complaints(pbx) == []


def test_a_reloaded_hook_goes_on_telling(folder: Path) -> None:
    with reader(folder) as told, in_process() as pbx:
        register_once(pbx, "before")
        pbx.call("app_python.reload")
        register_once(pbx, "after")
        assert call_ids(told, 2) == ["before", "after"]


def test_it_runs_where_a_virtual_environment_stands_first_in_the_path(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    with reader(folder) as told, in_process() as pbx:
        register_once(pbx, "phone")
        assert call_ids(told, 1) == ["phone"]


def test_its_processes_start_no_thread_and_import_nothing_but_two_modules() -> None:
    tree = ast.parse(HOOK.read_text("utf-8"))
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert imported == ["os", "socket", "KSR"]
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))


def test_it_is_found_wherever_it_was_copied(folder: Path) -> None:
    copy = Path(shutil.copy(HOOK, folder / "autoprov_hook.py"))
    with reader(folder) as told, in_process(copy) as pbx:
        register_once(pbx, "phone")
        assert call_ids(told, 1) == ["phone"]
