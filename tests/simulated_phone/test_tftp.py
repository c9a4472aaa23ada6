import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from simulated_phone.tftp import read_file, resolve
from tests.peers.boot_daemons import served_directory, tftp_server

TIMEOUT = timedelta(seconds=20)
SIZES = (0, 1, 511, 512, 513, 1024, 70_000)


def read(url: str, name: str, *, timeout: timedelta = TIMEOUT, is_cut: bool = False) -> bytes | None:
    host, _, port = url.removeprefix("tftp://").partition(":")
    return read_file((host, int(port)), f"/{name}", listen="127.0.0.1", timeout=timeout, is_cut=lambda: is_cut)


def test_files_of_all_lengths_come_whole() -> None:
    contents = {f"{length}.cfg": bytes(index % 251 for index in range(length)) for length in SIZES}
    with served_directory() as root:
        for name, content in contents.items():
            (root / name).write_bytes(content)
        with tftp_server(root) as url:
            assert {name: read(url, name) for name in contents} == contents


def test_a_file_that_is_not_there_is_none() -> None:
    with served_directory() as root, tftp_server(root) as url:
        assert read(url, "0004f2abcdef.cfg") is None


def test_what_is_lost_is_asked_for_again() -> None:
    with clumsy_server([None, b"\0\3\0\1" + b"a" * 512, None, b"\0\3\0\1" + b"a" * 512, b"\0\3\0\2b"]) as url:
        assert read(url, "a.cfg") == b"a" * 512 + b"b"


def test_a_server_that_says_something_else_is_an_outage() -> None:
    with clumsy_server([b"\0\5\0\2denied\0"]) as url, pytest.raises(ConnectionError, match="TFTP error 2"):
        read(url, "a.cfg")


def test_silence_ends_with_the_time_given_and_with_the_plug() -> None:
    with clumsy_server([]) as url:
        with pytest.raises(TimeoutError):
            read(url, "a.cfg", timeout=timedelta(milliseconds=50))
        with pytest.raises(TimeoutError):
            read(url, "a.cfg", is_cut=True)


@pytest.mark.parametrize(
    ("base", "name", "url"),
    [
        ("tftp://10.0.0.1/", "0004f2abcdef.cfg", "tftp://10.0.0.1/0004f2abcdef.cfg"),
        ("tftp://10.0.0.1/phones/000000000000.cfg", "sip.ld", "tftp://10.0.0.1/phones/sip.ld"),
        ("tftp://10.0.0.1/phones/", "/hoteling/x.cfg", "tftp://10.0.0.1/hoteling/x.cfg"),
        ("tftp://10.0.0.1/", "http://10.0.0.2/a.cfg", "http://10.0.0.2/a.cfg"),
        ("http://10.0.0.1/x/", "a.cfg", "http://10.0.0.1/x/a.cfg"),
    ],
)
def test_names_are_resolved_as_for_http(base: str, name: str, url: str) -> None:
    assert resolve(base, name) == url


@contextmanager
def clumsy_server(answers: list[bytes | None]) -> Generator[str]:
    """Answers each datagram with the next of *answers*, None: not at all; then it is silent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_answer, args=(link, answers))
        thread.start()
        try:
            yield f"tftp://127.0.0.1:{link.getsockname()[1]}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ender:
                ender.sendto(b"", link.getsockname())
            thread.join()


def _answer(link: socket.socket, answers: list[bytes | None]) -> None:
    waiting = iter(answers)
    while True:
        datagram, sender = link.recvfrom(1024)
        if not datagram:
            return
        if (answer := next(waiting, None)) is not None:
            link.sendto(answer, sender)
