"""A Kamailio that mirrors all its SIP, as Asterisk, FreeSWITCH and OpenSIPS do, and knows nothing of us."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from registrar_plugin.hosts.hep_mirror import Unused
from registrar_plugin.hosts.hep_rules import HepMode
from tests.contrib.kamailio_mirror import PASSWORDS, Mirror, registered
from tests.peers.kamailio import Kamailio
from tests.peers.kamailio_registrar import kamailio_registrar
from tests.peers.polycom import PASSWORD, USER, challenge_of, credentials, register
from tests.registrar_plugin.hosts.site import response_to
from tests.registrar_plugin.hosts.udp_phone import UdpPhone
from tests.registrar_plugin.registrations import eventually

_MIRROR_ALL = """\
loadmodule "siptrace.so"
modparam("siptrace", "trace_on", 1)
modparam("siptrace", "trace_mode", 1)
modparam("siptrace", "trace_to_database", 0)
modparam("siptrace", "hep_mode_on", 1)
modparam("siptrace", "hep_version", 3)
modparam("siptrace", "duplicate_uri", "sip:{0[0]}:{0[1]}")
modparam("registrar", "max_expires", 120)

route[AUTOPROV] {{
    return;
}}

route[AUTOPROV_CALLS] {{
    return;
}}
"""


@pytest.fixture
def mirror() -> Generator[Mirror]:
    with closing(Mirror(mode=HepMode.EVERYTHING)) as mirror:
        yield mirror


@pytest.fixture
def pbx(mirror: Mirror, tmp_path: Path) -> Generator[Kamailio]:
    snippet = tmp_path / "mirror_all.cfg"
    snippet.write_text(_MIRROR_ALL.format(mirror.address), "ascii")
    with kamailio_registrar(PASSWORDS, defines={}, snippet=snippet) as pbx:
        yield pbx


@pytest.fixture
def phone(pbx: Kamailio) -> Generator[UdpPhone]:
    with UdpPhone(pbx.address) as phone:
        yield phone


def test_accepted_registrations_are_found_with_what_was_granted(phone: UdpPhone, mirror: Mirror) -> None:
    assert registered(phone, password="guessed", call_id="wrong").startswith(b"SIP/2.0 401")
    assert registered(phone, call_id="right").startswith(b"SIP/2.0 200")
    assert eventually(lambda: mirror.call_ids() == ["right"])
    (registration,) = mirror.accepted
    assert (registration.user, registration.source) == (USER, phone.address)
    assert registration.expires.total_seconds() == 120  # of the 300 that it asked for


def test_removals_are_seen_as_such(phone: UdpPhone, mirror: Mirror) -> None:
    registered(phone, call_id="there")
    registered(phone, expires="0", call_id="gone")
    assert eventually(lambda: mirror.call_ids() == ["there", "gone"])
    assert [registration.expires.total_seconds() for registration in mirror.accepted] == [120, 0]


def test_a_retransmitted_register_and_its_repeated_200_count_once(phone: UdpPhone, mirror: Mirror) -> None:
    challenge = challenge_of(phone.ask(register(cseq=1, branch="z9hG4bKa", via=phone.source)))
    answer = credentials(challenge, password=PASSWORD)
    for _ in range(3):
        phone.ask(register(cseq=2, branch="z9hG4bKb", via=phone.source, authorization=answer))
    assert eventually(lambda: mirror.listener.counts.not_used.get(Unused.REPEATED) == 2)
    assert len(mirror.accepted) == 1


def test_calls_and_keep_alives_are_passed_over(phone: UdpPhone, mirror: Mirror) -> None:
    for method in ("OPTIONS", "INVITE", "MESSAGE"):
        phone.ask(register(method=method, via=phone.source, branch=f"z9hG4bK{method}"))
    registered(phone, call_id="phone")
    assert eventually(lambda: mirror.call_ids() == ["phone"])
    assert mirror.listener.counts.not_used.get(Unused.OTHER_SIP, 0) >= 6
    assert Unused.UNREADABLE not in mirror.listener.counts.not_used


def test_a_phone_without_the_password_cannot_forge_its_own_acceptance(pbx: Kamailio, mirror: Mirror) -> None:
    with UdpPhone(pbx.address, host="127.0.0.2") as phone:
        wrong = credentials({"realm": "x", "nonce": "y"}, username=USER, password="guessed")
        request = register(via=phone.source, contact=f"<sip:{USER}@{phone.source}>", authorization=wrong)
        assert phone.ask(request).startswith(b"SIP/2.0 401")
        phone.send(response_to(request, "200 OK"))
        assert eventually(lambda: mirror.listener.counts.not_used.get(Unused.NOT_THE_REGISTRARS) == 1)
        assert registered(phone, call_id="right").startswith(b"SIP/2.0 200")
    assert eventually(lambda: mirror.call_ids() == ["right"])
