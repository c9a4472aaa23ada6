"""RFC 4475, all 49 messages at the registrar: what it answers, and which values it read."""

import json
from datetime import UTC, datetime

import pytest

from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registrar import Registrar
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.request import parse_request
from registrar_plugin.sip.response import parse_response
from tests.registrar_plugin.torture import VALUES, VERDICTS, Values
from tests.shared_data import shared_data

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def message(name: str) -> bytes:
    return shared_data("torture", f"{name}.dat").read_bytes()


def answer_to(data: bytes) -> bytes | None:
    """From the registrar of the user in To, so that a REGISTER comes as far as it can."""
    try:
        user = parse_request(data).to.sip_user
    except SipSyntaxError:
        user = None
    registrar = Registrar(RegistrarSettings(user or "nobody", "r", "pw", b"k"))
    reply = registrar.handle(data, ("192.0.2.1", 5060), now=NOW).reply
    return None if reply is None else reply.payload


def test_no_message_is_left_out() -> None:
    rows = json.loads(shared_data("torture", "index.json").read_text())
    sections = {row["file"].removesuffix(".dat"): row["section"] for row in rows}
    assert sections == {name: verdict.section for name, verdict in VERDICTS.items()}


@pytest.mark.parametrize("name", VERDICTS)
def test_a_tortuous_message_gets_the_answer_it_deserves(name: str) -> None:
    reply = answer_to(message(name))
    verdict = VERDICTS[name]
    expected = None if verdict.status is None else f"SIP/2.0 {verdict.status} {verdict.reason}".encode()
    assert (None if reply is None else reply.split(b"\r\n")[0]) == expected


@pytest.mark.parametrize("name", [name for name, verdict in VERDICTS.items() if verdict.status and name != "badinv01"])
def test_every_answer_is_sound_sip(name: str) -> None:
    data = message(name)
    reply = answer_to(data)
    assert reply is not None
    assert parse_response(reply).via.params.get("received") == "192.0.2.1" or b"192.0.2.1" in data


@pytest.mark.parametrize("name", VALUES)
def test_the_values_of_a_message_are_read(name: str) -> None:
    request = parse_request(message(name))
    assert Values(str(request.from_), str(request.to), tuple(map(str, request.contacts))) == VALUES[name]


def test_what_has_no_values_is_no_request_that_can_be_read() -> None:
    for name in set(VERDICTS) - set(VALUES):
        with pytest.raises(SipSyntaxError):
            parse_request(message(name))


def test_the_unquoted_comma_is_refused_for_itself() -> None:
    """The RFC's own file lacks the empty line besides."""
    reply = answer_to(message("baddn") + b"\r\n")
    assert reply is not None
    assert reply.startswith(b"SIP/2.0 400 From: Malformed Address\r\n")


def test_the_short_tortuous_invite_is_read_to_the_last_blank() -> None:
    request = parse_request(message("wsinv"))
    assert request.from_.display_name == 'J Rosenberg \\"'
    assert (request.from_.tag, request.to.tag, request.cseq) == ("98asjd8", "1918181833n", 9)
    assert request.headers.elements("via") == [
        "SIP  /   2.0 /UDP 192.0.2.2;branch=390skdjuw",
        "SIP  / 2.0  / TCP     spindle.example.com   ; branch  =   z9hG4bK9ikj8",
        "SIP  /    2.0   / UDP  192.168.255.111   ; branch= z9hG4bK30239",
    ]
    contact = request.contacts[0]
    assert contact.display_name == 'Quoted string ""'
    assert contact.params == {"newparam": "newvalue", "secondparam": "", "q": "0.33"}


def test_all_characters_that_may_stand_somewhere_are_read_there() -> None:
    request = parse_request(message("intmeth"))
    assert request.to.display_name == "BEL:\a NUL:\0 DEL:\x7f"
    assert request.from_.display_name == "token1~` token2'+_ token3*%!.-"
    assert request.from_.params["fromparam''~+*_!.-%"] == "\u0440\u0430\u0431\u043e\u0442\u0430\u044e\u0449\u0438\u0439"
    assert request.to.sip_user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
