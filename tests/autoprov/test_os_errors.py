import socket
from pathlib import Path

import pytest
from flask import Flask

from autoprov.http.server import HttpServer
from autoprov.os_errors import os_error_words


def words_of_listening(host: str, port: int) -> str:
    with pytest.raises(OSError, match="cannot listen") as caught:
        HttpServer(Flask(__name__), host=host, port=port, name="test")
    return os_error_words(caught.value)


def test_a_port_that_somebody_has_points_to_another_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = words_of_listening("127.0.0.1", port)
    assert told.startswith(f"cannot listen on 127.0.0.1:{port}: Address already in use; another 'autoprov up'")


@pytest.mark.parametrize("host", ["192.0.2.1", "nosuch.invalid"])
def test_an_address_that_is_not_ours_is_said_so(host: str) -> None:
    assert "it is no address of this machine" in words_of_listening(host, 0)


def test_a_file_in_the_way_of_a_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(FileExistsError) as caught:
        (tmp_path / "state").mkdir()
    assert os_error_words(caught.value) == (
        f"{tmp_path / 'state'}: File exists; a file stands where a directory is wanted, move it away"
    )
    with pytest.raises(NotADirectoryError) as inside:
        (tmp_path / "state" / "queue.sqlite").open()
    assert "move it away" in os_error_words(inside.value)


def test_missing_rights_name_the_file_or_speak_of_ports() -> None:
    assert os_error_words(PermissionError(13, "Permission denied", "/srv/x")) == (
        "/srv/x: Permission denied; run this as the user who may, or give this user the right"
    )
    assert "below 1024" in os_error_words(PermissionError(13, "cannot listen on 0.0.0.0:80: Permission denied"))


def test_an_error_without_a_remedy_is_its_reason_without_a_number() -> None:
    assert os_error_words(OSError(28, "No space left on device")) == "No space left on device"
    assert os_error_words(OSError("only words")) == "only words"
