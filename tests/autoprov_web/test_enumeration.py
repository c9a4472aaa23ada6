"""While discovery is closed, nobody learns which MACs there are: neither from answers nor from how long they take."""

import os
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from itertools import combinations
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_names import (
    LINES,
    MASTER,
    OVERRIDES,
    REGISTRATION,
    REGISTRATION_3,
    SITE,
    line_file_name,
    master_file_name,
)
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_web.fetch_report import FetchReport, append_report
from autoprov_web.site import SITE_FILE_NAME, Site
from autoprov_web.spool_reader import look_up
from autoprov_web.wsgi import create_wsgi_app
from autoprov_worker.spool import SpoolWriter
from tests.autoprov_web.sites import a_site, open_access
from tests.mann_whitney import p_value_of_rounds
from tests.peers.serving import serving

REQUESTS = 200
ROUNDS = 3
MORE_ROUNDS = 6
LEVEL = 0.0005
DOUBT = 0.05
LEAK = 20e-6
"""Seconds: what may not go unnoticed."""
LOOKS = 8
"""One look at a file is noticed in nearly every round of a quiet machine, eight are on a busy one as well."""
UNKNOWN, KNOWN, ASSIGNED = "unknown", "known, unassigned", "assigned"
PHONES = {
    kind: [MacAddress(f"0004f2{first}{number:05x}") for number in range(REQUESTS)]
    for first, kind in enumerate((UNKNOWN, KNOWN, ASSIGNED))
}


@pytest.fixture
def app(tmp_path: Path) -> WSGIApplication:
    """A site as it is beside Apache, its discovery closed, its spool written by the worker's own writer."""
    spool = SpoolWriter(tmp_path)
    with spool.locked():
        for mac in PHONES[KNOWN]:
            spool.write(mac, SpoolEntry(PhoneState.UNASSIGNED, 1))
        for mac in PHONES[ASSIGNED]:
            files = {master_file_name(mac): b"<APPLICATION/>" * 20, line_file_name(mac): b"<polycomConfig/>" * 50}
            spool.write(mac, SpoolEntry(PhoneState.ASSIGNED, 1, files))
    spool.write_snapshot_time(datetime.now(UTC))
    access = open_access(tmp_path, discovery="closed", macs_per_hour=4 * REQUESTS)
    (tmp_path / SITE_FILE_NAME).write_bytes(a_site(tmp_path, access=access).to_bytes())
    return create_wsgi_app(
        str(tmp_path / SITE_FILE_NAME),
        clock=time.time,
        report=put_report,
    )


def put_report(site: Site, report: FetchReport) -> None:
    """As Apache's daemons leave it."""
    append_report(site.directory, report)


class Stranger:
    """Asks over one connection, so that no handshake blurs what it measures."""

    def __init__(self, connection: HTTPConnection) -> None:
        self._connection = connection

    def ask(self, path: str, method: str = "GET") -> tuple[int, bytes, list[tuple[str, str]]]:
        """Status, body and headers of the answer."""
        response, body = self._response(path, method)
        return response.status, body, [header for header in response.getheaders() if header[0] != "Date"]

    def seconds(self, path: str) -> float:
        """How long the answer took."""
        begun = time.perf_counter()
        self._response(path, "GET")
        return time.perf_counter() - begun

    def _response(self, path: str, method: str) -> tuple[HTTPResponse, bytes]:
        self._connection.request(method, path, headers={"User-Agent": "FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614"})
        response = self._connection.getresponse()
        return response, response.read()


@contextmanager
def stranger(app: WSGIApplication) -> Generator[Stranger]:
    with serving(app) as url:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
        try:
            yield Stranger(connection)
        finally:
            connection.close()


def seconds_by_kind(asking: Stranger, chance: Random) -> dict[str, list[float]]:
    """What each kind of MAC took, asked for in random order: a slow moment of the machine hits all kinds alike."""
    seconds: dict[str, list[float]] = {kind: [] for kind in PHONES}
    requests = [(kind, mac) for kind, macs in PHONES.items() for mac in macs]
    chance.shuffle(requests)
    for kind, mac in requests:
        seconds[kind].append(asking.seconds(f"/{mac}{REGISTRATION}"))
    return seconds


def tells_apart(asking: Stranger) -> bool:
    """Whether some two kinds of MAC differ in time, over three rounds of 200 requests of each, or nine in doubt.

    Every round counts, none excuses the others: ranks are added up, each within its round. What 200 requests of each
    show at 0.05 as a rule (z = 1.96) has three rounds beneath 0.001 (z = 3.39), and on a quiet machine 20 microseconds
    far beneath ``LEVEL``. Between that and ``DOUBT`` it is asked six rounds more, for machines with other work.
    Three comparisons, each looked at twice, find what is not there in 0.3 % of runs at most, however busy the machine:
    a round asks in random order. Three at 0.05 would find it in every seventh run.
    """
    chance = Random(int.from_bytes(os.urandom(8)))
    for mac in PHONES[UNKNOWN]:  # the first requests pay for caches
        asking.seconds(f"/{mac}{MASTER}")
    rounds = [seconds_by_kind(asking, chance) for _ in range(ROUNDS)]
    if LEVEL < least_p_value(rounds) <= DOUBT:
        rounds += [seconds_by_kind(asking, chance) for _ in range(MORE_ROUNDS)]
    return least_p_value(rounds) <= LEVEL


def least_p_value(rounds: Sequence[Mapping[str, Sequence[float]]]) -> float:
    """Of the two kinds that differ most."""
    return min(
        p_value_of_rounds([(seconds[one], seconds[other]) for seconds in rounds])
        for one, other in combinations(PHONES, 2)
    )


@pytest.mark.parametrize(
    "suffix", [MASTER, REGISTRATION, REGISTRATION_3, SITE, LINES, OVERRIDES, "-directory.xml", ".ld"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_every_mac_gets_the_same_answer(app: WSGIApplication, suffix: str, method: str) -> None:
    with stranger(app) as asking:
        answers = [asking.ask(f"/{mac}{suffix}", method) for macs in PHONES.values() for mac in macs[:20]]
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("token", ["A" * 32, "2" * 32, "x"])
def test_a_guessed_directory_tells_nothing(app: WSGIApplication, token: str) -> None:
    with stranger(app) as asking:
        answers = [asking.ask(f"/own/{token}/{mac}{LINES}") for macs in PHONES.values() for mac in macs[:20]]
    assert all(answer == answers[0] for answer in answers)


def test_two_hundred_answers_of_each_kind_are_the_same(app: WSGIApplication) -> None:
    with stranger(app) as asking:
        answers = [asking.ask(f"/{mac}{REGISTRATION}") for macs in PHONES.values() for mac in macs]
    assert len(answers) == 3 * REQUESTS
    assert all(answer == answers[0] for answer in answers)
    status, _, headers = answers[0]
    assert status == 503
    assert ("Retry-After", "30") in headers


def test_no_kind_of_mac_takes_longer_than_another(app: WSGIApplication) -> None:
    with stranger(app) as asking:
        assert not tells_apart(asking)


def looks_up(app: WSGIApplication, directory: Path, works_for: Callable[[str], bool]) -> WSGIApplication:
    """*app*, but looking into the spool first, for the paths of some."""

    def eager(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        for _ in range(LOOKS if works_for(path) else 0):
            look_up(str(directory), MacAddress(path[1:13]), now=time.time(), max_age=900)
        return app(environ, start_response)

    return eager


def test_twenty_microseconds_more_for_assigned_phones_would_be_noticed(app: WSGIApplication) -> None:
    assigned = {f"/{mac}{REGISTRATION}" for mac in PHONES[ASSIGNED]}

    def slower(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        until = time.perf_counter() + (LEAK if environ["PATH_INFO"] in assigned else 0)
        while time.perf_counter() < until:
            pass
        return app(environ, start_response)

    with stranger(slower) as asking:
        assert any(tells_apart(asking) for _ in range(3))


def test_looks_into_the_spool_for_assigned_phones_would_be_noticed(app: WSGIApplication, tmp_path: Path) -> None:
    assigned = {f"/{mac}{REGISTRATION}" for mac in PHONES[ASSIGNED]}
    with stranger(looks_up(app, tmp_path, assigned.__contains__)) as asking:
        assert any(tells_apart(asking) for _ in range(2))


def test_looks_into_the_spool_for_all_phones_would_be_noticed(app: WSGIApplication, tmp_path: Path) -> None:
    with stranger(looks_up(app, tmp_path, lambda path: path.endswith(REGISTRATION))) as asking:
        assert any(tells_apart(asking) for _ in range(2))
