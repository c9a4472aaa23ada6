"""A real Kamailio with contrib/kamailio/autoprov.cfg: what it mirrors, and what it answers."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.store import PhoneQueue
from registrar_plugin.hook import RegistrarHook
from registrar_plugin.hosts.hep import HepListener
from registrar_plugin.hosts.hep_mirror import Unused
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings
from tests.contrib.kamailio_mirror import PASSWORDS, SMALL, Mirror, registered
from tests.peers.kamailio import Kamailio
from tests.peers.kamailio_registrar import kamailio_registrar, mirrors_to
from tests.peers.polycom import USER, challenge_of, credentials, register
from tests.peers.sipp import register_phones
from tests.registrar_plugin.hosts.site import LOOPBACK
from tests.registrar_plugin.hosts.udp_phone import UdpPhone
from tests.registrar_plugin.registrations import KEY, eventually, tag


@pytest.fixture(scope="module")
def mirror() -> Generator[Mirror]:
    with closing(Mirror()) as mirror:
        yield mirror


@pytest.fixture(scope="module")
def pbx(mirror: Mirror) -> Generator[Kamailio]:
    with kamailio_registrar(PASSWORDS, defines=mirrors_to(mirror.address)) as pbx:
        yield pbx


@pytest.fixture
def phone(pbx: Kamailio) -> Generator[UdpPhone]:
    with UdpPhone(pbx.address) as phone:
        yield phone


def test_exactly_the_accepted_registrations_of_the_autoprovision_user_are_mirrored(
    phone: UdpPhone, mirror: Mirror
) -> None:
    assert registered(phone, password="guessed", call_id="wrong").startswith(b"SIP/2.0 401")
    assert registered(phone, user="200", password="of-200", call_id="other").startswith(b"SIP/2.0 200")
    assert registered(phone, expires="0", call_id="gone").startswith(b"SIP/2.0 200")
    assert registered(phone, contact="*", expires="0", call_id="all").startswith(b"SIP/2.0 200")
    assert registered(phone, call_id="phone").startswith(b"SIP/2.0 200")
    assert registered(phone, expires="0", call_id="gone-again").startswith(b"SIP/2.0 200")
    assert registered(phone, call_id="another").startswith(b"SIP/2.0 200")  # its one worker serves them in turn
    calls = {"wrong", "other", "gone", "all", "phone", "gone-again", "another"}
    assert eventually(lambda: "another" in mirror.call_ids())
    heard = [registration for registration in mirror.accepted if registration.call_id in calls]
    assert [registration.call_id for registration in heard] == ["phone", "another"]
    first = heard[0]
    assert (first.user, first.display_name, first.source) == (USER, "KTM4PX-0004f2abcdef", phone.address)
    assert first.expires.total_seconds() == 300


def test_a_retransmitted_register_counts_once(phone: UdpPhone, mirror: Mirror) -> None:
    request = {"via": phone.source, "call_id": "again"}
    challenge = challenge_of(phone.ask(register(cseq=1, branch="z9hG4bKa", **request)))
    answered = register(cseq=2, branch="z9hG4bKb", authorization=credentials(challenge), **request)
    repeated_before = mirror.listener.counts.not_used.get(Unused.REPEATED, 0)
    for _ in range(2):
        assert phone.ask(answered).startswith(b"SIP/2.0 200")
    assert eventually(lambda: mirror.listener.counts.not_used.get(Unused.REPEATED, 0) == repeated_before + 1)
    assert mirror.call_ids().count("again") == 1


def test_a_display_name_that_is_not_utf_8_is_mirrored_as_it_is(phone: UdpPhone, mirror: Mirror) -> None:
    request = {"via": phone.source, "call_id": "latin", "display_name": "B@ro"}
    challenge = challenge_of(phone.ask(register(cseq=1, branch="z9hG4bKl", **request).replace(b"B@", b"B\xfc")))
    answered = register(cseq=2, branch="z9hG4bKm", authorization=credentials(challenge), **request)
    assert phone.ask(answered.replace(b"B@", b"B\xfc")).startswith(b"SIP/2.0 200")
    assert eventually(lambda: any(registration.display_name == "Büro" for registration in mirror.accepted))


def test_with_one_contact_the_200_stays_small_however_many_phones_share_the_user(phone: UdpPhone) -> None:
    answers = [
        registered(phone, contact=f"<sip:{USER}@192.0.2.{number}>", call_id=f"one-{number}") for number in range(1, 41)
    ]
    assert max(map(len, answers)) < SMALL
    assert answers[-1].count(b"@192.0.2.") == 1


@contextmanager
def hook_with_queue(folder: Path) -> Generator[tuple[RegistrarHook, PhoneQueue]]:
    with closing(PhoneQueue(f"sqlite:///{folder / 'queue.db'}", clock=lambda: datetime.now(UTC))) as queue:
        hook = RegistrarHook(
            autoprovision_user=USER, key=KEY, hand_over=queue.put, retry_on=(QueueUnavailable,), saw=lambda _: None
        )
        hook.start()
        try:
            yield hook, queue
        finally:
            hook.stop()


def test_a_building_of_sipp_phones_reaches_the_queue(tmp_path: Path) -> None:
    phones = {str(tag(number)): "s3cret" for number in range(100)}
    with hook_with_queue(tmp_path) as (hook, queue):
        settings = HepSettings((LOOPBACK, 0), HepMode.FILTERED)
        listener = HepListener(settings, on_accepted=hook.take_action, clock=lambda: datetime.now(UTC))
        address = listener.start()
        try:
            with kamailio_registrar({USER: "s3cret"}, defines=mirrors_to(address), workers=4) as pbx:
                said = register_phones(phones, registrar=pbx.address, user=USER, folder=tmp_path)
                assert said == ""
                assert eventually(lambda: hook.counts.handed_over == len(phones))
        finally:
            listener.stop()
        assert all(queue.find(tag(number).mac) is not None for number in range(100))
        assert hook.counts.not_ours == {}
