"""Recorded request and answer pairs of a real sipXconfig, and a server of ours in that one's place to send them to."""

import re
import sqlite3
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import parse_http_list, parse_keqv_list

from werkzeug.datastructures import Authorization

from autoprov_phones.sipxconfig_models import SipxconfigModel, load_models
from sipxconfig_server.app import create_app
from sipxconfig_server.authentication import AdminAccount
from sipxconfig_server.digest import digest_response
from sipxconfig_server.models import Catalogue
from sipxconfig_server.records import PhoneRecord
from sipxconfig_server.store import Inventory
from tests.peers.serving import serving

ADMIN = AdminAccount("superadmin", "admin123")
USER = AdminAccount("200", "userpin")
REALM = "example.org"
PLUG_INS_LACKING = (
    *("acmePhoneStandard", "counterpathCMCEnterprise", "jitsiPhoneModel", "zoiperPhoneModel"),
    *("audiocodes-310", "audiocodes-320", "audiocodes-420", "audiocodes-430", "audiocodes-440"),
)
"""Models that our table has and the recorded server had not."""

_CUT = re.compile(rb"\n<<< cut, (\d+) bytes in all >>>\Z")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the labels that matter, and the body; *length* is the whole body's where the recording was cut."""

    status: int
    content_type: str
    challenge: str
    body: bytes
    length: int


@dataclass(frozen=True, slots=True)
class Recording:
    """One pair. *name* is the file's, as in ``127-api-create-json``."""

    name: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answer: Answer

    @property
    def number(self) -> int:
        """Its place in the run."""
        return int(self.name[:3])


def read_recordings(folder: Path) -> list[Recording]:
    """All pairs, in the order sent."""
    return [_read(path) for path in sorted(folder.glob("[0-9]*.txt"))]


@dataclass(slots=True)
class StandIn:
    """Our server as the recorded one was set up: its ports by their numbers there, its clock and its file.

    Recorded Digest proofs are made anew, with the nonce that we gave last; a wrong one stays wrong.
    """

    path: Path
    urls: dict[str, str] = field(default_factory=dict[str, str])
    now: float = 0.0
    nonce: str = ""

    def answer(self, recording: Recording) -> Answer:
        """What the port of the recording answers."""
        headers = dict(recording.headers)
        if headers.get("Authorization", "").startswith("Digest "):
            headers["Authorization"] = self._proof(headers["Authorization"], is_right="-bad" not in recording.name)
        sent = replace(recording, headers=tuple(headers.items()))
        answer = replay(sent, base_url=self.urls[headers["Host"].rpartition(":")[2]], extra_headers={})
        challenge = re.search('nonce="([^"]+)"', answer.challenge)
        self.nonce = self.nonce or (challenge[1] if challenge else "")
        return answer

    def move_sequence(self, table: str, *, last: int) -> None:
        """Make *last* the id that was given last."""
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table])
            database.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table, last])

    def put_phone(self, serial_number: str, description: str) -> None:
        """A phone that a request stored which was left out of the recordings."""
        with closing(Inventory(self.path)) as inventory:
            inventory.add_phone(PhoneRecord(serial_number, "polycomVVX410", "polycom5.4.6", description))

    def _proof(self, recorded: str, *, is_right: bool) -> str:
        fields: dict[str, str | None] = dict(parse_keqv_list(parse_http_list(recorded.removeprefix("Digest "))))
        fields["nonce"] = self.nonce
        if is_right:
            right = digest_response(Authorization("digest", fields), method="GET", realm=REALM, password=ADMIN.password)
            fields["response"] = right.decode()
        return "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items())


@contextmanager
def stand_in(folder: Path) -> Generator[StandIn]:
    """Both ports of the recorded system: 12001 without credentials, 12000 with; users, models and ids as there."""
    stood_in = StandIn(folder / "inventory.sqlite")
    with ExitStack() as stack:
        inventory = stack.enter_context(closing(Inventory(stood_in.path)))
        for number in range(200, 223):
            inventory.add_user(str(number), display_name=f"First{number} Last{number}", sip_password=f"sip{number}")
        catalogue = Catalogue(_recorded_models())
        for port in ("12001", "12000"):
            app = create_app(
                inventory,
                credentials=ADMIN,
                other_accounts=[USER],
                realm=REALM,
                sip_domain="sipfoundry.org",
                catalogue=catalogue,
                internal=port == "12001",
                clock=lambda: stood_in.now,
            )
            stood_in.urls[port] = stack.enter_context(serving(app))
        yield stood_in


def _recorded_models() -> dict[str, SipxconfigModel]:
    models = {name: model for name, model in load_models().items() if name not in PLUG_INS_LACKING}
    # Its row of our table is of a server without this plug-in's versions.
    nortel = models["nortel11xx"]
    return models | {nortel.model_id: replace(nortel, versions=("nortelPhone2.2", "nortelPhone3.2"))}


def replay(recording: Recording, *, base_url: str, extra_headers: dict[str, str]) -> Answer:
    """What the server at *base_url* answers to the recorded bytes, header for header."""
    connection = HTTPConnection(urlsplit(base_url).netloc, timeout=20)
    try:
        connection.putrequest(recording.method, recording.target, skip_accept_encoding=True)
        headers = dict(recording.headers) | {"Connection": "close"} | extra_headers
        for name, value in headers.items():
            if name.lower() != "host":
                connection.putheader(name, value)
        connection.endheaders(recording.body)
        response = connection.getresponse()
        body = response.read()
        return Answer(
            status=response.status,
            content_type=response.getheader("Content-Type", ""),
            challenge=response.getheader("WWW-Authenticate", ""),
            body=body,
            length=len(body),
        )
    finally:
        connection.close()


def _read(path: Path) -> Recording:
    request, _, response = path.read_bytes().partition(b"===== RESPONSE (dechunked) =====\n")
    start_line, headers, body = _message(request.partition(b"===== REQUEST =====\n")[2])
    method, target, _ = start_line.split(" ", 2)
    status_line, answer_headers, answer_body = _message(response)
    cut = _CUT.search(answer_body)
    content = answer_body[: cut.start()] if cut else answer_body
    found = {name.lower(): value for name, value in answer_headers}
    answer = Answer(
        status=int(status_line.split(" ")[1]),
        content_type=found.get("content-type", ""),
        challenge=found.get("www-authenticate", ""),
        body=content,
        length=int(cut[1]) if cut else len(content),
    )
    return Recording(path.stem, method, target, headers, body, answer)


def _message(text: bytes) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
    """Start line, headers and body; the file adds one line end after the body."""
    head, _, body = text.partition(b"\r\n\r\n")
    start_line, *lines = head.decode("latin-1").split("\r\n")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return start_line, headers, body.removesuffix(b"\n")
