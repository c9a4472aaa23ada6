"""What may be defined before contrib/kamailio/autoprov.cfg, in a real Kamailio."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from registrar_plugin.hosts.hep_mirror import Unused
from tests.contrib.kamailio_mirror import PASSWORDS, SMALL, Mirror, registered
from tests.peers.kamailio_registrar import SNIPPET, kamailio_registrar, mirrors_to
from tests.peers.polycom import DOMAIN, USER, challenge_of, credentials, register
from tests.registrar_plugin.hosts.udp_phone import UdpPhone
from tests.registrar_plugin.registrations import eventually, tag


def test_with_an_address_of_record_for_each_phone_every_phone_is_found_and_the_200_stays_small() -> None:
    with (
        closing(Mirror()) as mirror,
        kamailio_registrar(PASSWORDS, defines={**mirrors_to(mirror.address), "AUTOPROV_EACH_PHONE": ""}) as pbx,
        UdpPhone(pbx.address) as phone,
    ):
        answers = [
            registered(
                phone,
                contact=f"<sip:{USER}@192.0.2.{number}>",
                display_name=str(tag(number)),
                call_id=f"each-{number}",
            )
            for number in range(1, 41)
        ]
        assert max(map(len, answers)) < SMALL
        (contact,) = pbx.contacts(str(tag(7)).lower())
        assert contact.uri == f"sip:{USER}@192.0.2.7"
        assert eventually(lambda: len(mirror.accepted) == 40)
        assert registered(phone, display_name="200", call_id="posing").startswith(b"SIP/2.0 200")
        assert pbx.contacts("200") == []
        assert len(pbx.contacts(USER)) == 1


def test_a_key_is_carried_and_another_is_refused() -> None:
    with (
        closing(Mirror(key=b"between us")) as mirror,
        kamailio_registrar(
            PASSWORDS, defines={**mirrors_to(mirror.address), "AUTOPROV_HEP_KEY": '"between us"'}
        ) as knowing,
        kamailio_registrar(PASSWORDS, defines=mirrors_to(mirror.address)) as ignorant,
    ):
        with UdpPhone(ignorant.address) as phone:
            registered(phone, call_id="ignorant")
        assert eventually(lambda: mirror.listener.counts.not_used.get(Unused.WRONG_KEY) == 1)
        with UdpPhone(knowing.address) as phone:
            registered(phone, call_id="knowing")
        assert eventually(lambda: mirror.call_ids() == ["knowing"])


def test_a_site_that_mirrors_elsewhere_already_keeps_its_own_siptrace(tmp_path: Path) -> None:
    own = tmp_path / "own.cfg"
    own.write_text(
        'loadmodule "siptrace.so"\n'
        'modparam("siptrace", "trace_on", 1)\n'
        'modparam("siptrace", "trace_to_database", 0)\n'
        'modparam("siptrace", "hep_mode_on", 1)\n'
        'modparam("siptrace", "hep_version", 3)\n'
        'modparam("siptrace", "duplicate_uri", "sip:127.0.0.1:9")\n'
        f'include_file "{SNIPPET}"\n',
        "utf-8",
    )
    with closing(Mirror()) as mirror:
        defines = {**mirrors_to(mirror.address), "AUTOPROV_KEEPS_SIPTRACE": ""}
        with kamailio_registrar(PASSWORDS, defines=defines, snippet=own) as pbx, UdpPhone(pbx.address) as phone:
            registered(phone, call_id="phone")
            assert eventually(lambda: mirror.call_ids() == ["phone"])


def test_another_autoprovision_user_can_be_named() -> None:
    with closing(Mirror()) as mirror:
        defines = {**mirrors_to(mirror.address), "AUTOPROV_USER": '"200"'}
        with kamailio_registrar(PASSWORDS, defines=defines) as pbx, UdpPhone(pbx.address) as phone:
            registered(phone, call_id="no-longer")
            registered(phone, user="200", password="of-200", call_id="now")
            assert eventually(lambda: mirror.call_ids() == ["now"])


def invite(phone: UdpPhone, *, number: str, user: str = USER, authorization: str | None = None) -> bytes:
    """Kamailio's answer to a call."""
    data = register(method="INVITE", user=user, via=phone.source, call_id=f"call-{number}", authorization=authorization)
    return phone.ask(data.replace(b"INVITE sip:", f"INVITE sip:{number}@".encode(), 1))


def test_an_un_provisioned_phone_calls_nobody_and_others_call_as_before() -> None:
    with kamailio_registrar(PASSWORDS, defines={}) as pbx, UdpPhone(pbx.address) as phone:
        assert invite(phone, number="200").startswith(b"SIP/2.0 403")
        assert invite(phone, number="112").startswith(b"SIP/2.0 403")
        known_by_its_password = f'Digest username="{USER}", realm="x", nonce="x", uri="sip:x", response="x"'
        assert invite(phone, number="201", user="200", authorization=known_by_its_password).startswith(b"SIP/2.0 403")
        assert invite(phone, number="202", user="200").startswith(b"SIP/2.0 404")


DECOY = 'Digest username="200", realm="elsewhere", nonce="x", uri="sip:x", response="x"'


@pytest.mark.parametrize("username", [USER, USER.upper(), f"{USER}@{DOMAIN}"])
@pytest.mark.parametrize("decoys", [[], [f"Proxy-Authorization: {DECOY}"]], ids=["alone", "behind another"])
def test_whoever_calls_with_its_password_calls_nobody_whatever_stands_in_from(username: str, decoys: list[str]) -> None:
    """A site's database may find a user whatever the case of its letters, and with his domain."""
    with kamailio_registrar(PASSWORDS, defines={}) as pbx, UdpPhone(pbx.address) as phone:

        def invite_with(*authorizations: str) -> bytes:
            return phone.ask(register(method="INVITE", user="200", via=phone.source, extra=authorizations))

        challenge = challenge_of(invite_with(f"Proxy-Authorization: {DECOY}").replace(b"Proxy-A", b"WWW-A"))
        proven = credentials(challenge, username=username, method="INVITE")
        answer = invite_with(*decoys, f"Proxy-Authorization: {proven}")  # in this order Kamailio's $au is "200"
        assert answer.startswith(b"SIP/2.0 403 Not Provisioned Yet")


def test_nobody_registers_as_another_user_with_its_password() -> None:
    """Where a site does not compare the two names itself."""
    with kamailio_registrar(PASSWORDS, defines={"CARELESS": ""}) as pbx, UdpPhone(pbx.address) as phone:
        request = {"user": "200", "via": phone.source, "contact": f"<sip:200@{phone.source}>"}
        challenge = challenge_of(phone.ask(register(cseq=1, branch="z9hG4bKa", **request)))
        proven = credentials(challenge)
        answer = phone.ask(register(cseq=2, branch="z9hG4bKb", authorization=proven, **request))
        assert answer.startswith(b"SIP/2.0 403 Not Your Address Of Record")
        assert pbx.contacts("200") == []


def test_numbers_that_the_site_names_can_be_called() -> None:
    with (
        kamailio_registrar(PASSWORDS, defines={"AUTOPROV_MAY_CALL": '"^(112|911)$"'}) as pbx,
        UdpPhone(pbx.address) as phone,
    ):
        assert invite(phone, number="112").startswith(b"SIP/2.0 404")
        assert invite(phone, number="1121").startswith(b"SIP/2.0 403")


def test_the_snippet_names_every_define_that_it_knows() -> None:
    snippet = SNIPPET.read_text("utf-8")
    used = set(re.findall(r"\b(AUTOPROV_[A-Z_]+)\b", snippet)) - set(
        re.findall(r"^route\[(\w+)\]", snippet, re.MULTILINE)
    )
    explained = set(re.findall(r"^(?:# |#!trydef )(AUTOPROV_[A-Z_]+) ", snippet, re.MULTILINE))
    assert used == explained
