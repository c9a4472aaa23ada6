"""What Kamailio's embedded Python does with hooks that are written carelessly: why ours is as it is.

Measured with 5.6; the snippet keeps phones from noticing where anything can.
"""

import socket
import sqlite3
import subprocess
from base64 import b64decode
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.contrib.careless_hooks import WAIT, careless, errors, is_kamailio_5_6, notes
from tests.contrib.kamailio_in_process import HOOK, in_process, register_once
from tests.peers.installed import installed
from tests.peers.kamailio import Kamailio
from tests.peers.polycom import USER, register
from tests.registrar_plugin.registrations import PATIENCE_SECONDS, eventually

_LARGEST_DATAGRAM = 65_535
_LONG_FOR_KAMAILIO_SECONDS = 0.3
"""It answers in a millisecond."""
_GOES_ON = """\
loadmodule "xlog.so"
loadmodule "app_python3.so"
modparam("app_python3", "load", AUTOPROV_HOOK)

route[AUTOPROV] {
    if (!save("location")) sl_reply_error();
    python_exec("on_register");
    xlog("L_ERR", "the route goes on\\n");
    exit;
}

route[AUTOPROV_CALLS] {
    return;
}
"""


@contextmanager
def phone_that_waits(pbx: Kamailio) -> Generator[socket.socket]:
    """Its REGISTER was sent, and was not answered in a long time."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.connect(pbx.address)
        phone.settimeout(_LONG_FOR_KAMAILIO_SECONDS)
        host, port = phone.getsockname()
        phone.send(register(via=f"{host}:{port}", call_id="next"))
        with pytest.raises(TimeoutError):
            phone.recv(_LARGEST_DATAGRAM)
        phone.settimeout(PATIENCE_SECONDS)
        yield phone


@pytest.mark.parametrize("body", ["raise ValueError('careless')", "raise KeyboardInterrupt", "raise SystemExit(1)"])
def test_what_a_hook_raises_is_logged_and_phones_register(tmp_path: Path, body: str) -> None:
    with in_process(careless(tmp_path, body)) as pbx:
        for number in range(4):
            register_once(pbx, f"phone-{number}")
        assert eventually(lambda: len(notes(tmp_path)) == 4)
        assert len(pbx.contacts(USER)) == 1


def test_a_hook_that_returns_none_is_not_called_each_time(tmp_path: Path) -> None:
    if not is_kamailio_5_6():
        pytest.skip("mended in Kamailio 6")
    with in_process(careless(tmp_path, "return None")) as pbx:
        for number in range(9):
            register_once(pbx, f"phone-{number}")
        pbx.wait_until_it_answers()
    assert len(notes(tmp_path)) == 5


@pytest.mark.parametrize(
    ("body", "goes_on"), [("return 1", True), ("return 0", False), ("raise ValueError('careless')", True)]
)
def test_a_hook_that_returns_0_ends_the_route_behind_it(tmp_path: Path, body: str, goes_on: bool) -> None:
    snippet = tmp_path / "goes_on.cfg"
    snippet.write_text(_GOES_ON, "ascii")
    with in_process(careless(tmp_path, body), snippet=snippet) as pbx:
        register_once(pbx, "phone")
        pbx.wait_until_it_answers()
        assert ("the route goes on" in (pbx.folder / "log").read_text("utf-8", "replace")) is goes_on
    assert len(notes(tmp_path)) == 1


def test_a_hook_that_waits_lets_its_phone_go_and_keeps_the_next_one_waiting(tmp_path: Path) -> None:
    with in_process(careless(tmp_path, f"{WAIT}\nreturn 1")) as pbx:
        register_once(pbx, "first")  # its 200 was sent before
        assert eventually(lambda: len(notes(tmp_path)) == 1)
        with phone_that_waits(pbx) as phone:
            (tmp_path / "go").touch()
            assert phone.recv(_LARGEST_DATAGRAM).startswith(b"SIP/2.0 401")


def test_while_one_worker_waits_another_serves_and_when_all_wait_nobody_does(tmp_path: Path) -> None:
    with in_process(careless(tmp_path, f"{WAIT}\nreturn 1"), workers=2) as pbx:
        for waiting in (1, 2):
            register_once(pbx, f"phone-{waiting}")
            assert eventually(lambda: len(notes(tmp_path)) == waiting)  # noqa: B023 - called within this round
        with phone_that_waits(pbx) as phone:
            (tmp_path / "go").touch()
            assert phone.recv(_LARGEST_DATAGRAM).startswith(b"SIP/2.0 401")


@contextmanager
def locked_database(folder: Path) -> Generator[sqlite3.Connection]:
    """A database for rows of a hook, locked by us."""
    with closing(sqlite3.connect(folder / "phones.db", isolation_level=None)) as ours:
        ours.execute("create table phones (number)")
        ours.execute("begin exclusive")
        yield ours


def rows(database: sqlite3.Connection) -> int:
    count: int = database.execute("select count(*) from phones").fetchone()[0]
    return count


def writes_a_row(folder: Path, *, patience: float) -> Path:
    """A hook that puts a row into that database, and waits so many seconds for it."""
    database = str(folder / "phones.db")
    body = (
        f"with sqlite3.connect({database!r}, timeout={patience}) as rows: rows.execute('insert into phones values (1)')"
    )
    return careless(folder, f"{body}\nreturn 1", head="import sqlite3")


def test_a_hook_at_a_locked_database_keeps_phones_waiting(tmp_path: Path) -> None:
    with locked_database(tmp_path) as database, in_process(writes_a_row(tmp_path, patience=60)) as pbx:
        register_once(pbx, "first")
        assert eventually(lambda: len(notes(tmp_path)) == 1)
        with phone_that_waits(pbx) as phone:
            database.execute("rollback")
            assert phone.recv(_LARGEST_DATAGRAM).startswith(b"SIP/2.0 401")
        assert rows(database) == 1


def test_a_row_for_a_locked_database_is_lost_when_the_time_is_over(tmp_path: Path) -> None:
    with locked_database(tmp_path) as database, in_process(writes_a_row(tmp_path, patience=0.1)) as pbx:
        register_once(pbx, "lost")
        pbx.wait_until_it_answers()
        assert "database is locked" in (pbx.folder / "log").read_text("utf-8", "replace")
        database.execute("rollback")
        register_once(pbx, "written")
        assert eventually(lambda: rows(database) == 1)
    assert len(notes(tmp_path)) == 2


@pytest.mark.parametrize("body", ["os._exit(1)", "import ctypes\nctypes.string_at(0)"])
def test_a_hook_that_ends_or_crashes_its_process_takes_all_of_kamailio_with_it(tmp_path: Path, body: str) -> None:
    with in_process(careless(tmp_path, body)) as pbx:
        register_once(pbx, "phone")
        assert eventually(lambda: not pbx.is_running)


def test_a_hook_that_cannot_be_imported_keeps_kamailio_from_starting_though_its_check_is_content(
    tmp_path: Path,
) -> None:
    hook = tmp_path / "broken_hook.py"
    hook.write_text("import no_such_module\n", "ascii")
    with pytest.raises(RuntimeError, match="did not come up"), in_process(hook):
        pass
    with in_process() as pbx:
        config = tmp_path / "broken.cfg"
        config.write_text((pbx.folder / "kamailio.cfg").read_text("utf-8").replace(str(HOOK), str(hook)), "utf-8")
        command = [installed("kamailio"), "-c", "-Y", str(tmp_path), "-f", str(config)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_hook_without_our_function_is_an_error_at_each_call_and_phones_register(tmp_path: Path) -> None:
    hook = careless(tmp_path, "return 1")
    hook.write_text(hook.read_text("utf-8").replace("on_register", "on_something_else"), "utf-8")
    with in_process(hook) as pbx:
        for number in range(3):
            register_once(pbx, f"phone-{number}")
        pbx.wait_until_it_answers()
        assert errors(pbx).count("on_register") >= 3


def test_a_text_that_is_not_utf_8_is_an_error_that_holds_its_octets(tmp_path: Path) -> None:
    body = (
        "try:\n    KSR.pv.get('$fn')\nexcept UnicodeDecodeError as error:\n"
        "    open(os.path.join(_FOLDER, 'name'), 'wb').write(error.object)\nreturn 1"
    )
    with in_process(careless(tmp_path, body, head="import KSR")) as pbx:
        register_once(pbx, "latin", name=b"B\xfcro")
        pbx.wait_until_it_answers()
    assert (tmp_path / "name").read_bytes() == b'"B\xfcro-0004f2abcdef"'


def test_the_message_that_a_hook_reads_holds_the_phones_digest(tmp_path: Path) -> None:
    body = "note('message', KSR.pv.get('$(mb{s.encode.base64})'))\nreturn 1"
    with in_process(careless(tmp_path, body, head="import KSR")) as pbx:
        register_once(pbx, "latin", name=b"B\xfcro")
        pbx.wait_until_it_answers()
    (message,) = notes(tmp_path, "message")
    assert b"\r\nAuthorization: Digest " in b64decode(message)
