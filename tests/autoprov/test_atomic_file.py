import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from autoprov.atomic_file import replace_file


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_file_has_its_mode_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        replace_file(tmp_path / "file", b"new", mode=0o640)
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o7777 == 0o640


def test_who_has_the_old_file_open_reads_it_to_its_end(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", b"old", mode=0o640)
    with (tmp_path / "file").open("rb") as opened:
        replace_file(tmp_path / "file", b"new", mode=0o640)
        assert opened.read() == b"old"
    assert (tmp_path / "file").read_bytes() == b"new"
    assert names(tmp_path) == ["file"]


def test_what_a_killed_process_left_behind_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".file.new").write_bytes(b"half of something that was longer")
    replace_file(tmp_path / "file", b"new", mode=0o640)
    assert (tmp_path / "file").read_bytes() == b"new"
    assert names(tmp_path) == ["file"]


_WRITE_AGAIN_AND_AGAIN = """
import sys
from pathlib import Path
from autoprov.atomic_file import replace_file
for _ in range(200):
    replace_file(Path(sys.argv[1]), sys.argv[2].encode() * 20_000, mode=0o640)
"""


def test_of_two_processes_that_write_one_file_neither_fails_and_no_half_is_ever_read(tmp_path: Path) -> None:
    file = tmp_path / "file"
    replace_file(file, b"a" * 20_000, mode=0o640)
    command = [sys.executable, "-c", _WRITE_AGAIN_AND_AGAIN, str(file)]
    with subprocess.Popen([*command, "a"]) as one, subprocess.Popen([*command, "b"]) as other:
        while one.poll() is None or other.poll() is None:
            content = file.read_bytes()
            assert content in (b"a" * 20_000, b"b" * 20_000)
    assert (one.returncode, other.returncode) == (0, 0)
    assert names(tmp_path) == ["file"]


def test_a_link_that_others_put_there_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / ".file.new").symlink_to(victim)
    replace_file(tmp_path / "file", b"new", mode=0o640)
    assert (victim.read_bytes(), (tmp_path / "file").read_bytes()) == (b"precious", b"new")
    assert not (tmp_path / "file").is_symlink()


_WRITE_BEYOND_THE_LIMIT = """
import resource, signal, sys
from pathlib import Path
from autoprov.atomic_file import replace_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as on a full disk: an error, not a signal
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    replace_file(Path(sys.argv[1]), b"x" * 5000, mode=0o640)
except OSError as error:
    print(error.strerror)
"""


def test_a_disk_that_takes_no_more_loses_nothing(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", b"old", mode=0o640)
    run = subprocess.run(
        [sys.executable, "-c", _WRITE_BEYOND_THE_LIMIT, str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "File too large\n"
    assert names(tmp_path) == ["file"]
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_process_that_is_killed_amid_leaves_the_old_one_and_nothing_that_others_may_read(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", b"old", mode=0o644)
    program = (
        "import os, resource, signal, sys\n"
        "from pathlib import Path\n"
        "from autoprov.atomic_file import replace_file\n"
        "os.umask(0)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # kills where a file grows beyond the limit\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "replace_file(Path(sys.argv[1]), b'x' * 5000, mode=0o644)\n"
    )
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path / "file")], check=False)
    assert run.returncode == -signal.SIGXFSZ
    assert (tmp_path / "file").read_bytes() == b"old"
    assert (tmp_path / ".file.new").stat().st_mode & 0o777 == 0o600


def test_the_name_is_never_without_a_file(tmp_path: Path) -> None:
    replace_file(tmp_path / "file", b"0", mode=0o640)
    done = Event()

    def read() -> int:
        count = 0
        while not done.is_set():
            count += len((tmp_path / "file").read_bytes())
        return count

    with ThreadPoolExecutor(max_workers=1) as executor:
        reading = executor.submit(read)
        for number in range(200):
            replace_file(tmp_path / "file", str(number).encode(), mode=0o640)
        done.set()
        reading.result()


def test_where_it_cannot_be_put_in_place_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(IsADirectoryError):
        replace_file(tmp_path / "file", b"new", mode=0o640)
    assert names(tmp_path) == ["file"]
