"""Disks that are full or read-only, as the kernel says it; root alone can mount them."""

import errno
import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.peers.installed import installed


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A file system of its own at *path*."""

    path: Path

    def fill(self) -> None:
        """To the last byte."""
        with self._ballast.open("wb", buffering=0) as ballast:
            while True:
                try:
                    ballast.write(b"\0" * 4096)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    return

    def make_room(self) -> None:
        """As an administrator does."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.path / "ballast"


@contextmanager
def small_disk(path: Path, *, megabytes: int) -> Generator[SmallDisk]:
    """Mounted at *path*, which is made."""
    _root_alone()
    path.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path))
    try:
        yield SmallDisk(path)
    finally:
        _run("umount", "--lazy", str(path))


@contextmanager
def read_only(directory: Path) -> Generator[None]:
    """Whoever names a file below *directory* finds it as it is now, on a file system that takes nothing."""
    _root_alone()
    copy = directory.with_name(f"{directory.name}.read-only")
    shutil.copytree(directory, copy, ignore=shutil.ignore_patterns("*.new"))  # half-written ones come and go
    with ExitStack() as mounts:
        # Read-only before it stands there: who opens a file in between would keep it from becoming so.
        _run("mount", "--bind", str(copy), str(copy))
        mounts.callback(_run, "umount", "--lazy", str(copy))
        _run("mount", "-o", "remount,bind,ro", str(copy))
        _run("mount", "--bind", str(copy), str(directory))
        mounts.callback(_run, "umount", "--lazy", str(directory))
        yield


def _root_alone() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk")


def _run(program: str, *arguments: str) -> None:
    subprocess.run([installed(program), *arguments], check=True)
