import errno
import logging
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from autoprov.port_notes import has_noted, ports_noted
from autoprov.ports import Port
from autoprov.settings.reader import Listen

WEB = Port("web", "[web] listen", Listen("0.0.0.0", 8480), socket.SOCK_STREAM)
MOVED = Port("web", "[web] listen", Listen("0.0.0.0", 8490), socket.SOCK_STREAM)
HEP = Port("hep", "[hep] listen", Listen("127.0.0.1", 9060), socket.SOCK_DGRAM)


def test_a_port_is_noted_as_long_as_its_part_runs(tmp_path: Path) -> None:
    notes = tmp_path / "running"
    assert not has_noted(notes, WEB)
    with ports_noted(notes, [WEB]), ports_noted(notes, [HEP]):
        assert has_noted(notes, WEB)
        assert has_noted(notes, HEP)
        assert not has_noted(notes, MOVED)
    assert not has_noted(notes, WEB)


def test_a_note_that_is_a_link_leads_to_no_other_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    other = tmp_path / "installation-key"
    other.write_text("key")
    (tmp_path / "web").symlink_to(other)
    with caplog.at_level(logging.WARNING), ports_noted(tmp_path, [WEB]):
        assert not has_noted(tmp_path, WEB)
    assert other.read_text() == "key"
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_note_that_is_a_pipe_holds_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "web")
    assert not has_noted(tmp_path, WEB)
    with ports_noted(tmp_path, [WEB]):
        pass


def test_a_part_without_ports_leaves_nothing(tmp_path: Path) -> None:
    with ports_noted(tmp_path / "running", []):
        assert list(tmp_path.iterdir()) == []


def test_settings_that_were_changed_since_do_not_make_a_port_ours(tmp_path: Path) -> None:
    with ports_noted(tmp_path, [MOVED]):
        pass
    with ports_noted(tmp_path, [WEB]):
        assert not has_noted(tmp_path, MOVED)


def test_of_a_killed_process_nothing_is_left_but_a_file(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from tests.autoprov.test_port_notes import *\n"
        "with ports_noted(Path(sys.argv[1]), [WEB]): print('noted', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"noted\n"
        assert has_noted(tmp_path, WEB)
        process.send_signal(signal.SIGKILL)
    assert not has_noted(tmp_path, WEB)
    assert (tmp_path / "web").exists()
    with ports_noted(tmp_path, [WEB]):
        assert has_noted(tmp_path, WEB)


def test_a_second_process_changes_nothing_of_the_firsts_note(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with ports_noted(tmp_path, [WEB]):
        with ports_noted(tmp_path, [MOVED]):
            assert not has_noted(tmp_path, MOVED)
        assert has_noted(tmp_path, WEB)
    assert caplog.messages == ["ports not noted, 'autoprov check' will take them for somebody else's"]


def test_a_note_that_cannot_be_written_keeps_nobody_from_serving(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    (tmp_path / "running").touch()
    with ports_noted(tmp_path / "running", [WEB]):
        assert not has_noted(tmp_path / "running", WEB)
    (record,) = caplog.records
    assert record.__dict__["reason"] == os.strerror(errno.EEXIST)
