"""A name server on loopback: dnsmasq, which knows what it is given and asks nobody."""

import socket
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from autoprov.checks.srv_records import NoDnsAnswer, srv_records
from tests.peers.installed import installed

_PATIENCE_SECONDS = 20.0
_TRIES = 5
_HOST = "127.0.0.1"


@contextmanager
def dns_server(*, srv: Mapping[str, Sequence[tuple[int, int, int, str]]]) -> Generator[tuple[str, int]]:
    """Its address; *srv* are priority, weight, port and target of each name's records."""
    records = [
        f"--srv-host={name},{target},{target_port},{priority},{weight}"
        for name, of_name in srv.items()
        for priority, weight, target_port, target in of_name
    ]
    server, port = _started(records)
    try:
        yield _HOST, port
    finally:
        server.terminate()
        server.wait(_PATIENCE_SECONDS)


def _started(records: Sequence[str]) -> "tuple[subprocess.Popen[bytes], int]":
    for _ in range(_TRIES):
        port = _free_port()
        command = [installed("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts"]
        command += ["--local=/#/", "--user=", "--pid-file=", f"--port={port}", f"--listen-address={_HOST}"]
        server = subprocess.Popen([*command, "--bind-interfaces", *records], stdin=subprocess.DEVNULL)
        if _answers((_HOST, port), server):
            return server, port
        server.kill()
        server.wait()
    raise RuntimeError(f"dnsmasq did not come up, or others took its ports {_TRIES} times")


def _answers(address: tuple[str, int], server: "subprocess.Popen[bytes]") -> bool:
    """Whether it does, as long as it runs; it ends where somebody else took the port since it was looked for."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            srv_records("_ready.test", name_servers=[address])
        except NoDnsAnswer:
            time.sleep(0.05)
        else:
            return True
    return False


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
