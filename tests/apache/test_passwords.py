"""The boot server's password changes, and no phone is locked out meanwhile."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

from tests.apache.edges import PREFIX
from tests.peers.apache import Apache
from tests.peers.installed import installed

BOOTSTRAP = f"{PREFIX}/000000000000.cfg"
REGISTRATION = f"{PREFIX}/64167f000002-registration.cfg"
SCHEMES: dict[str, Callable[[str, str], AuthBase]] = {"basic": HTTPBasicAuth, "digest": HTTPDigestAuth}
OLD, NEW = ("phones-2026", "old-secret"), ("phones-2027", "new-secret")


def add_user(file: Path, scheme: str, user: str, password: str) -> None:
    """As the comments in apache/autoprov-password.conf tell the administrator."""
    create = [] if file.exists() else ["-c"]
    if scheme == "basic":
        command = [installed("htpasswd"), *create, "-i", "-B", str(file), user]
        typed = password
    else:
        command = [installed("htdigest"), *create, str(file), "phones", user]
        typed = f"{password}\n{password}\n"
    # Without a terminal (a session of its own) the password is read from standard input.
    subprocess.run(command, input=typed.encode(), check=True, capture_output=True, timeout=20, start_new_session=True)
    file.chmod(0o644)


def remove_user(file: Path, user: str) -> None:
    kept = [line for line in file.read_text().splitlines(keepends=True) if not line.startswith(f"{user}:")]
    file.write_text("".join(kept))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_two_passwords_hold_while_phones_learn_the_new_one(server: Apache, folder: Path, scheme: str) -> None:
    def status(user: str, password: str, path: str = BOOTSTRAP) -> int:
        with requests.Session() as session:
            return session.get(server.url(scheme) + path, auth=SCHEMES[scheme](user, password), timeout=20).status_code

    file = folder / f"{scheme}.passwords"
    add_user(file, scheme, *OLD)
    assert [status(*OLD), status(*NEW)] == [200, 401]
    add_user(file, scheme, *NEW)
    for path in (BOOTSTRAP, REGISTRATION):
        assert [status(*OLD, path), status(*NEW, path)] == [200, 200]
        assert [status(NEW[0], OLD[1], path), status(OLD[0], "third", path), status("other", NEW[1], path)] == [401] * 3
    remove_user(file, OLD[0])
    assert [status(*OLD), status(*NEW)] == [401, 200]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", [BOOTSTRAP, REGISTRATION, f"{PREFIX}/none", f"{PREFIX}/own/{'A' * 32}/x.cfg"])
def test_without_a_password_every_path_says_the_same(server: Apache, scheme: str, path: str) -> None:
    response = requests.get(server.url(scheme) + path, timeout=20)
    asked = response.headers["WWW-Authenticate"]
    assert (response.status_code, asked.partition(" ")[0].lower()) == (401, scheme)
    assert 'realm="phones"' in asked
