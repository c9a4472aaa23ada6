"""A PostgreSQL server of our own on loopback, with a password; it can be stopped, killed and started again."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

from autoprov.demo.site import free_ports
from tests.peers.installed import installed

USER = "autoprov"
PASSWORD = "never-in-a-log"
_UNPRIVILEGED = "postgres"
_DEBIANS = Path("/usr/lib/postgresql")
"""Its programs are in a directory of each version, and not in the PATH."""
_QUICK = ("-F", "-c", "shared_buffers=16MB", "-c", "max_connections=40")
"""Without fsync: what a killed server has written, the kernel still has."""


class PostgreSql:
    """Runs from ``start`` to ``stop``; its data stay in *folder*, which belongs to the user that it runs as."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        [self.port] = free_ports(1)
        password = folder / "password"
        password.write_text(f"{PASSWORD}\n")
        _give_away(password)
        self._control("initdb", "-U", USER, "-A", "scram-sha-256", f"--pwfile={password}", "-N", "-E", "UTF8")

    @property
    def url(self) -> str:
        """SQLAlchemy's URL with the password in it."""
        return f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def fresh_url(self) -> str:
        """The same with nothing in it yet: a schema of its own."""
        name = f"fresh_{next(self._numbers)}"
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        engine.dispose()
        return f"{self.url}?options=-csearch_path%3D{name}"

    def start(self) -> None:
        """Return when it answers."""
        options = " ".join([*_QUICK, "-h 127.0.0.1", f"-p {self.port}", f"-k {self._folder}"])
        self._control("pg_ctl", "start", "-w", "-l", str(self._folder / "log"), "-o", options)

    def stop(self) -> None:
        """As its init script does: connections are cut, and it is gone when this returns."""
        self._control("pg_ctl", "stop", "-w", "-m", "fast")

    def die(self) -> None:
        """As when the power goes: nothing is written or said before."""
        self._control("pg_ctl", "stop", "-w", "-m", "immediate")

    def _control(self, program: str, *arguments: str) -> None:
        newest = max(_DEBIANS.glob("*/bin"), key=lambda path: int(path.parent.name), default=None)
        path = newest / program if newest else installed(program)
        _run([str(path), *arguments, "-D", str(self._folder / "data")], folder=self._folder)


@contextmanager
def postgresql() -> Generator[PostgreSql]:
    """A running server; not below pytest's folders, into which no other user may look."""
    installed("psql")
    folder = Path(tempfile.mkdtemp(prefix="autoprov-postgresql-"))
    _give_away(folder)
    server = PostgreSql(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _give_away(path: Path) -> None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam(_UNPRIVILEGED)
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _run(command: Sequence[str], *, folder: Path) -> None:
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    with (folder.parent / f"{folder.name}.said").open("wb") as said:  # a server would keep a pipe open
        code = subprocess.run(command, cwd=folder, user=user, stdout=said, stderr=said, check=False).returncode
    output = Path(said.name).read_text("utf-8", "replace")
    Path(said.name).unlink()
    assert code == 0, f"{command}: {output}"
