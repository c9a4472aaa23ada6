import os
import socket
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from autoprov.boot_root.error import BootRootError
from autoprov.boot_root.files import (
    BACKUP_NAME,
    FoundFile,
    delete_file,
    open_root,
    put_file,
    read_file,
    refuse_other_spellings,
    restore_file,
    set_aside,
)

NAME = "000000000000.cfg"
THEIRS = b"<APPLICATION CONFIG_FILES='phone1.cfg'/>\n"
OURS = b"<APPLICATION CONFIG_FILES='ours.cfg'/>\n"


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.fixture
def theirs(tmp_path: Path) -> FoundFile:
    """Somebody else's file in ``tmp_path``, with a mode of its own."""
    (tmp_path / NAME).write_bytes(THEIRS)
    (tmp_path / NAME).chmod(0o664)
    found = read_file(tmp_path / NAME)
    assert found is not None
    return found


def test_a_new_file_can_be_read_by_every_server_whatever_our_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        put_file(tmp_path, OURS, like=None, keep_as=None)
    finally:
        os.umask(before)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o644
    assert names(tmp_path) == [NAME]


def test_a_file_takes_over_the_mode_of_the_one_it_replaces_which_stays(tmp_path: Path, theirs: FoundFile) -> None:
    put_file(tmp_path, OURS, like=theirs, keep_as=BACKUP_NAME)
    assert (tmp_path / NAME).read_bytes() == OURS
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o664
    assert read_file(tmp_path / BACKUP_NAME) == theirs


def test_a_file_takes_over_no_mode_that_a_configuration_has_no_use_for(tmp_path: Path, theirs: FoundFile) -> None:
    put_file(tmp_path, OURS, like=replace(theirs, mode=0o6755), keep_as=BACKUP_NAME)
    assert (tmp_path / NAME).stat().st_mode & 0o7777 == 0o755


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_takes_over_the_owner_and_comes_back_as_it_was(tmp_path: Path, theirs: FoundFile) -> None:
    os.chown(tmp_path / NAME, 1234, 4321)
    found = read_file(tmp_path / NAME)
    put_file(tmp_path, OURS, like=found, keep_as=BACKUP_NAME)
    assert ((tmp_path / NAME).stat().st_uid, (tmp_path / NAME).stat().st_gid) == (1234, 4321)
    restore_file(tmp_path)
    assert read_file(tmp_path / NAME) == found
    assert found is not None
    assert found.inode == theirs.inode


def test_a_file_in_our_way_is_set_aside_under_a_name_that_is_free(tmp_path: Path, theirs: FoundFile) -> None:
    (tmp_path / f"{NAME}.set-aside-1").symlink_to("nowhere")
    assert set_aside(tmp_path) == f"{NAME}.set-aside-2"
    delete_file(tmp_path)
    assert read_file(tmp_path / f"{NAME}.set-aside-2") == theirs


def test_what_a_killed_write_left_behind_is_no_obstacle_and_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    root = tmp_path / "root"
    root.mkdir()
    (root / f".{NAME}.autoprov-new").symlink_to(victim)
    put_file(root, OURS, like=None, keep_as=None)
    assert victim.read_bytes() == b"precious"
    assert names(root) == [NAME]


_WRITE_BEYOND_THE_LIMIT = f"""
import resource, signal, sys
from pathlib import Path
from autoprov.boot_root.files import BACKUP_NAME, BootRootError, put_file, read_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as on a full disk: an error, not a signal
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
root = Path(sys.argv[1])
try:
    put_file(root, b"x" * 5000, like=read_file(root / {NAME!r}), keep_as=BACKUP_NAME)
except BootRootError as error:
    print(error)
"""


def test_a_disk_that_takes_no_more_loses_nothing(tmp_path: Path, theirs: FoundFile) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _WRITE_BEYOND_THE_LIMIT, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert run.stdout == f"{tmp_path / NAME} is as it was: File too large\n"
    assert names(tmp_path) == [NAME]
    assert read_file(tmp_path / NAME) == theirs


def test_a_disk_that_is_full_loses_nothing(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk") as root:
        (root / NAME).write_bytes(THEIRS)
        found = read_file(root / NAME)
        with pytest.raises(OSError, match="No space left"):
            (root / "firmware.ld").write_bytes(b"x" * 100_000)
        with pytest.raises(BootRootError, match="is as it was: No space left on device"):
            put_file(root, b"x" * 5000, like=found, keep_as=BACKUP_NAME)
        assert names(root) == [NAME, "firmware.ld"]
        assert read_file(root / NAME) == found


@contextmanager
def tiny_disk(mount_point: Path) -> Generator[Path]:
    """A file system of 32 kB; skips the test where nobody may mount."""
    mount_point.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(mount_point)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this user may not mount a file system")
    try:
        yield mount_point
    finally:
        subprocess.run(["umount", str(mount_point)], check=True)


def test_a_root_that_we_may_not_change_says_who_may(tmp_path: Path, theirs: FoundFile) -> None:
    (tmp_path / BACKUP_NAME).mkdir()  # stands in the way of the second name: no user may replace it
    with pytest.raises(BootRootError, match=r"is as it was: File exists"):
        put_file(tmp_path, OURS, like=theirs, keep_as=BACKUP_NAME)
    assert read_file(tmp_path / NAME) == theirs
    assert names(tmp_path) == [NAME, BACKUP_NAME]


def test_a_link_is_refused_with_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / NAME).symlink_to("../shared/000000000000.cfg")
    with pytest.raises(BootRootError, match=r"symbolic link to \.\./shared/000000000000\.cfg"):
        read_file(tmp_path / NAME)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"/proc/self/fd/{(descriptor := os.open(path.parent, os.O_PATH))}/{path.name}")
        os.close(descriptor)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, make_socket])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / NAME)
    with pytest.raises(BootRootError, match="not a plain file"):
        read_file(tmp_path / NAME)


def test_a_file_that_somebody_uploaded_without_end_is_not_read_to_the_end(tmp_path: Path) -> None:
    with (tmp_path / NAME).open("wb") as file:
        file.truncate(10**11)
    with pytest.raises(BootRootError, match="more than 1000000 bytes"):
        read_file(tmp_path / NAME)


def test_the_name_in_capitals_is_refused_because_the_server_would_choose(tmp_path: Path) -> None:
    (tmp_path / "000000000000.CFG").touch()
    with pytest.raises(BootRootError, match=r"000000000000\.CFG is there"):
        refuse_other_spellings(tmp_path)


def test_a_root_is_a_directory_and_is_known_by_its_real_path(tmp_path: Path) -> None:
    (tmp_path / "tftp").mkdir()
    (tmp_path / "link").symlink_to("tftp")
    assert open_root(tmp_path / "link") == tmp_path.resolve() / "tftp"
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "file", tmp_path / "nowhere", tmp_path / "loop"):
        with pytest.raises(BootRootError, match="is not a directory"):
            open_root(path)
