"""While discovery is closed, or a phone is not of the pilot, Apache's answers do not tell which MACs there are.

How long answers take is measured where nothing else blurs it: ``tests/autoprov_web/test_enumeration.py``.
"""

import pytest

from autoprov_phones.derived_secret import derive_own_token
from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_names import LINES, MASTER, OVERRIDES, REGISTRATION, REGISTRATION_3, SITE
from tests.apache.edges import PREFIX, Edges, Reply
from tests.apache.sites import CLOSED, KNOWN
from tests.autoprov_web.sites import KEY, MAC, OWN_FILES
from tests.peers.apache import Apache

ASSIGNED = MAC
UNKNOWN = MacAddress("0004f2abc002")
OF_ANOTHER = MacAddress("0004f2abc003")
HOSTS = [f"{way}-{rule}" for way in ("cgi", "wsgi") for rule in CLOSED]
SUFFIXES = [MASTER, REGISTRATION, REGISTRATION_3, SITE, LINES, OVERRIDES, "-directory.xml", "-app.log", ".ld"]
TOKENS = {
    "of nobody": "A" * 32,
    "of another phone": derive_own_token(OF_ANOTHER, key=KEY),
    "too short": "x",
}


@pytest.fixture(scope="session")
def closed(server: Apache) -> Edges:
    return Edges({host: server.url(host) for host in HOSTS})


def the_same_for_all(closed: Edges, host: str, path: str, *, method: str = "GET") -> Reply:
    """What *host* answers for *path*, in which ``@`` stands for the MAC, whatever is known of that."""
    replies = [
        closed.ask(host, path.replace("@", str(mac)), method=method, body=b"x" if method == "PUT" else None)
        for mac in (UNKNOWN, KNOWN, ASSIGNED)
    ]
    assert replies == [replies[0]] * 3
    return replies[0]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_no_file_tells_an_unknown_a_known_and_an_assigned_phone_apart(closed: Edges, host: str, method: str) -> None:
    statuses = {
        suffix: the_same_for_all(closed, host, f"{PREFIX}/@{suffix}", method=method).status for suffix in SUFFIXES
    }
    if method == "GET":
        assert (statuses[MASTER], statuses[REGISTRATION], statuses[LINES]) == (503, 503, 503)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS.keys())
def test_no_directory_but_the_phones_own_tells_them_apart(closed: Edges, host: str, token: str) -> None:
    for suffix in (MASTER, LINES, REGISTRATION):
        assert the_same_for_all(closed, host, f"{PREFIX}/own/{token}/@{suffix}").status in (404, 503)


@pytest.mark.parametrize("host", HOSTS)
def test_conditions_tell_nothing(closed: Edges, host: str) -> None:
    has = {"If-None-Match": "*", "If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"}
    replies = [closed.ask(host, f"{PREFIX}/{mac}{REGISTRATION}", headers=has) for mac in (UNKNOWN, KNOWN, ASSIGNED)]
    assert replies == [replies[0]] * 3


@pytest.mark.parametrize("host", HOSTS)
def test_the_assigned_phone_has_its_files_where_its_own_directory_is(closed: Edges, host: str) -> None:
    own = f"{PREFIX}/own/{derive_own_token(ASSIGNED, key=KEY)}"
    for name, content in OWN_FILES.items():
        assert closed.ask(host, f"{own}/{name}").body == content
