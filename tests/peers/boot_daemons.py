"""The file servers that sites have phones boot from: Debian's atftpd and vsftpd, on a directory and a loopback port."""

import ftplib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.peers.installed import installed

_PATIENCE_SECONDS = 20.0
_HOST = "127.0.0.1"
_NOBODY = "nobody.nogroup"
_VSFTPD = """\
listen=YES
background=NO
listen_address={host}
listen_port={port}
anonymous_enable=YES
local_enable=NO
write_enable=NO
no_anon_password=YES
anon_root={root}
{user}
"""


@contextmanager
def served_directory() -> Generator[Path]:
    """An empty directory that a server without rights of its own gets into, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="boot-root-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def tftp_server(root: Path) -> Generator[str]:
    """An atftpd that serves *root* as nobody, if we are root; its URL, without a final slash."""
    port = _free_port(socket.SOCK_DGRAM)
    command = [installed("atftpd"), "--daemon", "--no-fork", "--bind-address", _HOST, "--port", str(port)]
    user = ["--user", _NOBODY] if os.geteuid() == 0 else []
    with _running([*command, *user, "--logfile", "-", str(root)]):
        _wait_until(_answers_tftp, port)
        yield f"tftp://{_HOST}:{port}"


@contextmanager
def ftp_server(root: Path) -> Generator[tuple[str, int]]:
    """A vsftpd that serves *root* to anybody, and only what everybody may read; its address."""
    port = _free_port(socket.SOCK_STREAM)
    user = "" if os.geteuid() == 0 else "run_as_launching_user=YES"
    with tempfile.NamedTemporaryFile("w", prefix="vsftpd-", suffix=".conf") as config:
        config.write(_VSFTPD.format(host=_HOST, port=port, root=root, user=user))
        config.flush()
        with _running([installed("vsftpd"), config.name]):
            _wait_until(_answers_ftp, port)
            yield _HOST, port


def ftp_read(address: tuple[str, int], name: str) -> bytes:
    """The file *name*, as a phone with no account of its own reads it."""
    blocks: list[bytes] = []
    with ftplib.FTP() as client:
        client.connect(*address, timeout=_PATIENCE_SECONDS)
        client.login()
        client.retrbinary(f"RETR {name}", blocks.append)
    return b"".join(blocks)


@contextmanager
def _running(command: Sequence[str]) -> Generator[None]:
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as it:
        try:
            yield
        finally:
            it.terminate()


def _wait_until(answers: Callable[[int], bool], port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not answers(port):
        assert time.monotonic() < deadline, f"nothing answers on port {port}"
        time.sleep(0.05)


def _answers_tftp(port: int) -> bool:
    """Whether a request for a file that is not there is refused, as it should be."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.2)
        client.sendto(b"\0\1not-there\0octet\0", (_HOST, port))
        try:
            return client.recv(512).startswith(b"\0\5")
        except OSError:
            return False


def _answers_ftp(port: int) -> bool:
    try:
        with ftplib.FTP() as client:
            client.connect(_HOST, port, timeout=1)
        return True
    except (OSError, EOFError, ftplib.Error):
        return False


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
