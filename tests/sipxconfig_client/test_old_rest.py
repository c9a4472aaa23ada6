"""What a real sipXconfig's old REST answered, as recorded, and what it was taken for."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from autoprov_phones.mac import MacAddress
from sipxconfig_client.errors import NotSpoken, Refused, Unreachable
from sipxconfig_client.old_rest import OldRest
from sipxconfig_client.transport import HttpSettings, Transport
from sipxconfig_client.values import Accepted, NewPhone
from tests.peers.sipxconfig_recordings import Recording, read_recordings
from tests.shared_data import shared_data

NEW = NewPhone(MacAddress("0004f2000001"), "polycomVVX410", "polycom5.4.3", "Auto-provisioned")
STORED, MISSING_VALUE, TOO_LONG, UNKNOWN_ELEMENT = 3, 24, 48, 61
FILE, NO_FILE = 118, 121


class Replay(ThreadingHTTPServer):
    """Gives the recorded answers, one after the other, whatever is asked."""

    def __init__(self, recordings: list[Recording]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = iter(recordings)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        assert isinstance(self.server, Replay)
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        recorded = next(self.server.answers).answer
        self.send_response(recorded.status)
        if recorded.content_type:
            self.send_header("Content-Type", recorded.content_type)
        self.send_header("Content-Length", str(len(recorded.body)))
        self.end_headers()
        self.wfile.write(recorded.body)

    do_GET = do_POST = answer  # noqa: N815 - the names that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Nothing."""


@pytest.fixture
def old_rest(request: pytest.FixtureRequest) -> Iterator[OldRest]:
    """Before a server that gives the recorded answers with these numbers."""
    recordings = {recording.number: recording for recording in read_recordings(shared_data("sipxconfig", "wire"))}
    server = Replay([recordings[number] for number in request.param])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}/sipxconfig"
    transport = Transport(HttpSettings(url, None, timedelta(seconds=5), timedelta(seconds=5), None))
    yield OldRest(transport, takes_version=True)
    transport.close()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("old_rest", [(STORED, FILE), (STORED, NO_FILE, FILE)], indirect=True)
def test_a_phone_that_has_a_file_of_either_firmware_is_there(old_rest: OldRest) -> None:
    assert old_rest.create(NEW) == Accepted(is_checked=True)


@pytest.mark.parametrize("old_rest", [(STORED, NO_FILE, NO_FILE)], indirect=True)
def test_a_phone_that_was_swallowed_is_refused(old_rest: OldRest) -> None:
    with pytest.raises(Refused, match="stored no phone"):
        old_rest.create(NEW)


@pytest.mark.parametrize("old_rest", [(MISSING_VALUE,)], indirect=True)
def test_what_it_cannot_digest_is_refused_although_the_body_is_no_json(old_rest: OldRest) -> None:
    with pytest.raises(Refused, match="NullPointerException"):
        old_rest.create(NEW)


@pytest.mark.parametrize("old_rest", [(TOO_LONG, FILE)], indirect=True)
def test_after_the_databases_refusal_it_is_asked_who_won_the_race(old_rest: OldRest) -> None:
    assert old_rest.create(NEW) == Accepted(is_checked=True)


@pytest.mark.parametrize("old_rest", [(TOO_LONG, NO_FILE, NO_FILE)], indirect=True)
def test_a_refusal_of_the_database_with_no_phone_there_may_pass(old_rest: OldRest) -> None:
    with pytest.raises(Unreachable, match="database"):
        old_rest.create(NEW)


@pytest.mark.parametrize("old_rest", [(UNKNOWN_ELEMENT,)], indirect=True)
def test_an_element_that_it_does_not_know_means_another_generation(old_rest: OldRest) -> None:
    with pytest.raises(NotSpoken, match="element"):
        old_rest.create(NEW)
