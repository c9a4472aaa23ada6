"""What is in one phone's file opens nothing of another phone."""

import re
import socket
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from autoprov.present import utc_now
from autoprov_phones.derived_secret import derive_own_token
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import PhoneTag, issue_phone_tag
from autoprov_sightings.log import SightingsLog
from registrar_plugin.detect import NotOurs
from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.peers.polycom import USER, challenge_of, credentials, register
from tests.registrar_plugin.registrations import eventually
from tests.story.site import Site, site, tables

THIEFS = MacAddress("0004f2000001")
DESK = PhoneOnDesk("0004f2abcdef")
VICTIM = MacAddress(DESK.mac)


class Sender:
    """A socket that says REGISTER in whosever name."""

    def __init__(self, running: Site) -> None:
        listen = running.settings.registrar.listen
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(10)
        self.socket.connect((listen.host, listen.port))
        self._cseqs = count(1)
        self.authorization = ""
        self.via = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.contact = f"<sip:{USER}@{self.via}>"

    def register(self, tag: PhoneTag, *, password: str) -> int:
        """The status that comes back once the 401 is answered."""
        self.authorization = credentials(challenge_of(self.ask(tag, None)), password=password)
        return int(self.ask(tag, self.authorization).split(b" ")[1])

    def ask(self, tag: PhoneTag, authorization: str | None) -> bytes:
        """The answer to one REGISTER."""
        cseq = next(self._cseqs)
        request = register(
            display_name=str(tag),
            via=self.via,
            contact=self.contact,
            branch=f"z9hG4bK{cseq}",
            cseq=cseq,
            call_id=f"{tag}-{self.via}",
            authorization=authorization,
        )
        self.socket.send(request)
        while not (answer := self.socket.recv(65_535)).startswith(b"SIP/2.0 "):
            pass  # a check-sync, which this phone does not answer
        return answer


@contextmanager
def sender(running: Site) -> Generator[Sender]:
    made = Sender(running)
    with closing(made.socket):
        yield made


def tag_of(mac: MacAddress, running: Site) -> PhoneTag:
    return issue_phone_tag(mac, key=running.settings.secrets.installation_key, length=6)


def password_in_file_of(mac: MacAddress, running: Site) -> str:
    file = running.wait_until_served(f"{mac}-registration.cfg", 200).text
    found = re.search(r'reg\.1\.auth\.password="([^"]+)"', file)
    assert found is not None
    return found[1]


def test_with_one_phones_file_nobody_registers_as_another_or_gets_its_check_sync(tmp_path: Path) -> None:
    with site(tmp_path, tables(), users={"201": "secret-of-201"}) as running, sender(running) as thief:
        password = password_in_file_of(THIEFS, running)
        as_victim = [thief.register(tag_of(VICTIM, running), password=password) for _ in range(6)]
        assert as_victim == [401] * 5 + [403]
        assert thief.register(tag_of(THIEFS, running), password=password) == 200
        (row,) = running.wait_for_rows(1)
        assert row["Phone"] == str(THIEFS)

        with phone_processes(running.boot_url, [DESK]) as (victim,):
            victim.log.wait_for("registered", user=USER)
            running.wait_for_rows(2)
            assert thief.register(tag_of(VICTIM, running), password=password) == 403
            running.assign(str(VICTIM), {"kind": "user", "user": "201"})
            victim.log.wait_for("check-sync")
        thief.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            thief.socket.recv(65_535)


def own_directory(mac: MacAddress, running: Site) -> str:
    return f"own/{derive_own_token(mac, key=running.settings.secrets.installation_key)}"


def test_a_phone_that_has_a_line_and_still_registers_with_us_is_left_alone(tmp_path: Path) -> None:
    with site(tmp_path, tables(), users={"201": "secret-of-201"}) as running, sender(running) as phone:
        tag, password = tag_of(VICTIM, running), password_in_file_of(VICTIM, running)
        assert phone.register(tag, password=password) == 200
        running.wait_for_rows(1)
        running.assign(str(VICTIM), {"kind": "user", "user": "201"})
        running.wait_until_served(f"{own_directory(VICTIM, running)}/{VICTIM}.cfg", 200)
        (before,) = running.client.all_phones()
        assert phone.register(tag, password=password) == 200
        sightings = SightingsLog(running.settings.sightings_file)
        assert eventually(lambda: NotOurs.ASSIGNED.value in [seen.detail for seen in sightings.timeline(VICTIM, 20)])
        assert list(running.client.all_phones()) == [before]


def test_a_phone_with_the_shared_password_of_before_is_let_in_until_the_day_that_was_set(tmp_path: Path) -> None:
    before = "the-one-password-of-before"
    given = tables(phones={"old_password_until": utc_now().date() + timedelta(days=1)})
    with site(tmp_path, given, old_password=before) as running, sender(running) as phone:
        assert phone.register(tag_of(VICTIM, running), password=before) == 200
        (row,) = running.wait_for_rows(1)
        assert row["Phone"] == str(VICTIM)
        assert password_in_file_of(VICTIM, running) != before
    with site(tmp_path, tables(), old_password=before) as running, sender(running) as phone:
        assert phone.register(tag_of(VICTIM, running), password=before) == 401


def test_what_was_overheard_before_a_restart_is_good_for_nothing_after_it(tmp_path: Path) -> None:
    with site(tmp_path, tables()) as running, sender(running) as phone:
        tag, password = tag_of(VICTIM, running), password_in_file_of(VICTIM, running)
        assert phone.register(tag, password=password) == 200
        overheard = phone.authorization
    with site(tmp_path, tables()) as running, sender(running) as thief:
        answer = thief.ask(tag, overheard)
    assert answer.startswith(b"SIP/2.0 401 ")
    assert challenge_of(answer)["stale"] == "true"


def test_a_polycom_that_knows_md5_alone_passes_over_sha_256(tmp_path: Path) -> None:
    given = tables(registrar={"digest": "both"})
    with site(tmp_path, given) as running, phone_processes(running.boot_url, [DESK]) as (phone,):
        phone.log.wait_for("registered", user=USER)
        running.wait_for_rows(1)
