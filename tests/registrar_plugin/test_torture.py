"""RFC 4475, all 49 messages at the registrar: what it answers, and which values it read."""

import json
from datetime import UTC, datetime

import pytest

from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registrar import Registrar
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.request import parse_request
from registrar_plugin.sip.response import parse_response
from tests.shared_data import shared_data

IGNORED = None
NOW = datetime(2026, 5, 4, tzinfo=UTC)

# What the registrar of the user in To answers: OPTIONS is served, REGISTER challenged, any other method not allowed.
VERDICTS: dict[str, tuple[int | None, str]] = {
    "wsinv": (405, "valid: blanks and folds wherever they may stand"),
    "intmeth": (405, "valid: a method of all token characters"),
    "esc01": (405, "valid: escapes in URIs"),
    "escnull": (401, "valid: two contacts whose users are NULs"),
    "esc02": (405, "valid: %47 is no escape in a method"),
    "lwsdisp": (200, "valid: no blank before <"),
    "longreq": (405, "valid: long values"),
    "dblreq": (401, "valid: octets behind the body are ignored"),
    "semiuri": (200, "valid: a semicolon in the user part"),
    "transports": (200, "valid: transports that we do not know"),
    "mpart01": (405, "valid: a body that we do not look at"),
    "unreason": (IGNORED, "a response"),
    "noreason": (IGNORED, "a response"),
    "badinv01": (400, "separators with nothing between them"),
    "clerr": (400, "Content-Length beyond the datagram"),
    "ncl": (400, "negative Content-Length"),
    "scalar02": (400, "CSeq not below 2**31"),
    "scalarlg": (IGNORED, "a response"),
    "quotbal": (400, "a quote that is not closed"),
    "ltgtruri": (400, "Request-URI in <>"),
    "lwsruri": (400, "a blank in the Request-URI"),
    "lwsstart": (400, "more than one blank in the start line"),
    "trws": (400, "a blank at the end of the start line"),
    "escruri": (400, "headers in the Request-URI"),
    "baddate": (405, "Date is nothing that we read"),
    "regbadct": (400, "a ? outside of <>"),
    "badaspec": (400, "blanks within an addr-spec"),
    "baddn": (400, "a comma in an unquoted display name"),
    "badvers": (505, "SIP/7.0"),
    "mismatch01": (400, "CSeq's method is another"),
    "mismatch02": (400, "CSeq's method is another"),
    "bigcode": (IGNORED, "a response"),
    "badbranch": (200, "a branch of nothing but the cookie: told apart by Call-ID and CSeq"),
    "insuf": (400, "no From, To, Call-ID"),
    "unkscm": (416, "a Request-URI of a scheme that we do not know"),
    "novelsc": (416, "a Request-URI that is not SIP's"),
    "unksm2": (400, "To is no SIP URI"),
    "bext01": (420, "Require what nobody supports"),
    "invut": (405, "a body that we do not look at"),
    "regaut01": (401, "an Authorization scheme that nobody knows counts as none"),
    "multi01": (400, "several values where one may be"),
    "mcl01": (400, "two Content-Lengths"),
    "bcast": (IGNORED, "a response"),
    "zeromf": (200, "Max-Forwards 0 has arrived"),
    "cparam01": (401, "valid"),
    "cparam02": (401, "valid"),
    "regescrt": (401, "valid: a Contact with an escaped header"),
    "sdp01": (405, "a body that we do not look at"),
    "inv2543": (405, "valid: RFC 2543"),
}


def message(name: str) -> bytes:
    return shared_data("torture", f"{name}.dat").read_bytes()


def registrar_for(data: bytes) -> Registrar:
    """One whose user is that of To, so that a REGISTER comes as far as it can."""
    try:
        user = parse_request(data).to.sip_user
    except SipSyntaxError:
        user = None
    return Registrar(RegistrarSettings(user or "nobody", "r", "pw", b"k"))


def test_no_message_is_left_out() -> None:
    names = {row["file"].removesuffix(".dat") for row in json.loads(shared_data("torture", "index.json").read_text())}
    assert names == set(VERDICTS)


@pytest.mark.parametrize("name", VERDICTS)
def test_a_tortuous_message_gets_the_answer_it_deserves(name: str) -> None:
    data = message(name)
    reply = registrar_for(data).handle(data, ("192.0.2.1", 5060), now=NOW).reply
    status = None if reply is None else int(reply.payload.split(b" ")[1])
    assert status == VERDICTS[name][0]


@pytest.mark.parametrize("name", [name for name, (status, _) in VERDICTS.items() if status and name != "badinv01"])
def test_every_answer_is_sound_sip(name: str) -> None:
    data = message(name)
    reply = registrar_for(data).handle(data, ("192.0.2.1", 5060), now=NOW).reply
    assert reply is not None
    assert parse_response(reply.payload).via.params.get("received") == "192.0.2.1" or b"192.0.2.1" in data


# As the contacts are written: <URI> and the header's parameters.
CONTACTS: dict[str, list[str]] = {
    "escnull": ["<sip:%00@host5.example.com>", "<sip:%00%00@host5.example.com>"],
    "dblreq": ["<sip:j.user@host.example.com>"],
    "scalar02": ["<sip:user@host129.example.com>;expires=280297596632815"],
    "regaut01": [],
    "cparam01": ["<sip:+19725552222@gw1.example.net>;unknownparam"],
    "cparam02": ["<sip:+19725552222@gw1.example.net;unknownparam>"],
    "regescrt": ["<sip:user@example.com?Route=%3Csip:sip.example.com%3E>"],
    "unksm2": ["<name:John_Smith>"],
}


@pytest.mark.parametrize("name", CONTACTS)
def test_the_contacts_of_its_registers_are_read(name: str) -> None:
    assert [str(contact) for contact in parse_request(message(name)).contacts] == CONTACTS[name]


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
