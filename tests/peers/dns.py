"""A name server on loopback: dnsmasq, which knows what it is given and asks nobody."""

import socket
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from autoprov.checks.srv_records import NoDnsAnswer, srv_records
from tests.peers.installed import installed

_PATIENCE_SECONDS = 20.0
_HOST = "127.0.0.1"


@contextmanager
def dns_server(*, srv: Mapping[str, Sequence[tuple[int, int, int, str]]]) -> Generator[tuple[str, int]]:
    """Its address; *srv* are priority, weight, port and target of each name's records."""
    port = _free_port()
    command = [
        installed("dnsmasq"),
        "--keep-in-foreground",
        "--conf-file=/dev/null",
        "--no-resolv",
        "--no-hosts",
        "--local=/#/",
    ]
    command += ["--user=", "--pid-file=", f"--port={port}", f"--listen-address={_HOST}", "--bind-interfaces"]
    for name, records in srv.items():
        for priority, weight, target_port, target in records:
            command.append(f"--srv-host={name},{target},{target_port},{priority},{weight}")
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        _wait_until_it_answers((_HOST, port), server)
        yield _HOST, port
    finally:
        server.terminate()
        server.wait(_PATIENCE_SECONDS)


def _wait_until_it_answers(address: tuple[str, int], server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            srv_records("_ready.test", name_servers=[address])
        except NoDnsAnswer as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("dnsmasq did not come up") from error
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port
