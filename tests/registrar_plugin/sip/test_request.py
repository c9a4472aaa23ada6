import time
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.request import Request, parse_request
from registrar_plugin.sip.uri import OtherUri, SipUri
from tests.peers.polycom import register

VVX = register()


def replaced(old: str, new: str) -> Request:
    """The VVX's REGISTER with a change that must be in it."""
    assert old.encode() in VVX
    return parse_request(VVX.replace(old.encode(), new.encode(), 1))


def contact_of(request: Request) -> tuple[str | None, str, int | None]:
    uri = request.contacts[0].uri
    assert isinstance(uri, SipUri)
    return uri.user, uri.host, uri.port


def test_a_vvxs_register_is_read_to_the_last_header() -> None:
    request = parse_request(VVX)
    assert request.method == "REGISTER"
    assert request.from_.display_name == "KTM4PX-0004f2abcdef"
    assert request.from_.tag == "F87D2248-BCC05E87"
    assert request.to.sip_user == "~~id~autoprovision"
    assert (request.call_id, request.cseq) == ("c7f6bc72e0778e72", 1)
    assert contact_of(request) == ("~~id~autoprovision", "192.0.2.31", 5060)
    assert request.expires == timedelta(minutes=5)
    assert request.user_agent == "PolycomVVX-VVX_410-UA/5.9.5.0614"
    assert request.via.branch == "z9hG4bKone"


def test_lines_may_end_with_lf_alone() -> None:
    assert parse_request(VVX.replace(b"\r\n", b"\n")).headers == parse_request(VVX).headers


@pytest.mark.parametrize(("data", "name"), [(b"J\xfcrgen", "Jürgen"), (b"J\xc3\xbcrgen", "Jürgen")])
def test_display_names_may_be_utf_8_or_latin_1(data: bytes, name: str) -> None:
    assert parse_request(VVX.replace(b"KTM4PX-0004f2abcdef", data)).from_.display_name == name


def test_several_contacts_may_stand_in_one_line_or_in_several() -> None:
    data = register(
        contact='"a, b" <sip:a@192.0.2.1>;methods="INVITE,ACK", sip:b@192.0.2.2;q=0.5', extra=["m: <tel:+1>"]
    )
    contacts = parse_request(data).contacts
    assert [str(contact.uri) for contact in contacts] == ["sip:a@192.0.2.1", "sip:b@192.0.2.2", "tel:+1"]
    assert [contact.params for contact in contacts] == [{"methods": "INVITE,ACK"}, {"q": "0.5"}, {}]


def test_an_ipv6_contact_is_read_without_its_brackets() -> None:
    request = parse_request(register(contact='"Caller" <sip:caller@[2001:db8::1]:5070>'))
    assert contact_of(request) == ("caller", "2001:db8::1", 5070)


def test_an_instance_is_read_whole() -> None:
    urn = "<urn:uuid:00000000-0000-0000-0000-001200a65ed2>"
    request = parse_request(register(contact=f'<sip:100@192.0.2.1>;+sip.instance="{urn}";+u.sip!model="7"'))
    assert request.contacts[0].params["+sip.instance"] == urn


def test_a_star_is_no_contact() -> None:
    request = parse_request(register(contact="*", expires="0"))
    assert (request.contacts, request.is_wildcard) == ((), True)


def test_a_query_has_no_contact() -> None:
    request = parse_request(register(contact=None, expires=None))
    assert (request.contacts, request.is_wildcard, request.expires) == ((), False, None)


def test_user_agents_may_hold_control_characters() -> None:
    assert parse_request(register(user_agent="AVAYA/SIP12x0\x17/04")).user_agent == "AVAYA/SIP12x0\x17/04"


def test_addresses_of_other_schemes_can_be_read() -> None:
    request = parse_request(VVX.replace(b"<sip:~~id~autoprovision@192.0.2.31:5060>", b"<name:John_Smith>"))
    assert request.contacts[0].uri == OtherUri("name:John_Smith", "name")


def test_octets_behind_the_body_are_ignored() -> None:
    assert parse_request(VVX + b"INVITE sip:joe@example.com SIP/2.0\r\n\r\n").body == b""


def test_scalars_of_any_size_are_read() -> None:
    request = parse_request(register(expires="1" + "0" * 100).replace(b"CSeq: 1", b"CSeq: " + b"9" * 5000))
    assert request.cseq == 2**32
    assert request.expires == timedelta(seconds=2**32 - 1)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("REGISTER sip", "REGISTER  sip", "Malformed Request-Line"),
        ("SIP/2.0\r\n", "SIP/2.0 \r\n", "Malformed Request-Line"),
        ("sip:pbx.example.com SIP", "<sip:pbx.example.com> SIP", "Request-URI: Malformed URI"),
        ("sip:pbx.example.com SIP", "sip:Blue Face SIP", "Malformed Request-Line"),
        ("sip:pbx.example.com SIP", "sip:2001:db8::10 SIP", "Request-URI: Malformed SIP URI"),
        ("sip:pbx.example.com SIP", "sip:pbx?Route=%3Csip:h%3E SIP", "Headers In Request-URI"),
        ("Via: SIP/2.0/UDP", "Vi: SIP/2.0/UDP", "Via Missing"),
        (";branch=z9hG4bKone", ";;,;,,", "Via: Empty List Element"),
        ('"KTM4PX-0004f2abcdef"', '"KTM4PX-0004f2abcdef', "From: Malformed Address"),
        ('"KTM4PX-0004f2abcdef"', "Bell, Alexander", "From: Malformed Address"),
        ("From:", "Fro:", "From Missing"),
        ("Call-ID:", "To: <sip:b@h>\r\nCall-ID:", "To Given Twice"),
        ("Call-ID: c7f6", "Call-ID: c7 f6", "Malformed Call-ID"),
        ("CSeq: 1 REGISTER", "CSeq: 1 INVITE", "CSeq Method Is Not The Request's"),
        ("CSeq: 1 REGISTER", "CSeq: -1 REGISTER", "Malformed CSeq"),
        ("<sip:~~id~autoprovision@192.0.2.31:5060>", "sip:a@h?x=y", "Contact: Malformed Parameters"),
        ("<sip:~~id~autoprovision@192.0.2.31:5060>", "*, <sip:a@h>", "Contact: * Beside Others"),
        ("<sip:~~id~autoprovision@192.0.2.31:5060>", "", "Contact: Empty List Element"),
        ("Max-Forwards: 70", "Max-Forwards: -1", "Max-Forwards: Malformed Number"),
        ("Content-Length: 0", "Content-Length: -999", "Content-Length: Malformed Number"),
        ("Content-Length: 0", "Content-Length: 9999", "Content-Length Beyond The Datagram"),
        ("Content-Length: 0", "Content-Length: 0\r\nl: 0", "Content-Length Given Twice"),
        ("Content-Length: 0\r\n\r\n", "Content-Length: 0\r\n", "Headers Not Ended By An Empty Line"),
        ("Accept-Language: en", "Accept-Language", "Malformed Header Field"),
    ],
)
def test_a_malformed_request_is_refused_with_its_reason(old: str, new: str, reason: str) -> None:
    with pytest.raises(SipSyntaxError) as caught:
        replaced(old, new)
    assert (caught.value.status, caught.value.reason) == (400, reason)


def test_another_version_of_sip_is_refused_as_such() -> None:
    with pytest.raises(SipSyntaxError) as caught:
        replaced(" SIP/2.0\r\n", " SIP/7.0\r\n")
    assert caught.value.status == 505


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(SipSyntaxError):
        parse_request(data)


@given(st.integers(0, len(VVX)), st.binary(max_size=20), st.integers(0, 40))
def test_any_damage_to_a_register_is_read_or_refused(position: int, inserted: bytes, cut: int) -> None:
    with suppress(SipSyntaxError):
        parse_request(VVX[:position] + inserted + VVX[position + cut :])


ATTACKS = {
    "open quotes": ("Contact", '"' * 60_000),
    "quoted pairs": ("From", '"' + "\\" * 60_000),
    "pairs of quotes": ("Contact", '""' * 30_000),
    "brackets": ("Contact", "<" * 60_000),
    "pairs of brackets": ("Contact", "<>" * 30_000),
    "semicolons": ("Contact", "<sip:a@h>" + ";" * 60_000),
    "parameters": ("Contact", "<sip:a@h>" + ";a=b" * 15_000),
    "different parameters": ("From", "<sip:a@h>" + "".join(f";a{i}=b" for i in range(6_000))),
    "blanks": ("From", " " * 60_000 + "x"),
    "blanks inside": ("From", "<sip:a@h>" + " " * 60_000 + "x"),
    "words": ("From", "a " * 30_000),
    "commas": ("Contact", "," * 60_000),
    "contacts": ("Contact", "<sip:a@h>," * 6_000 + "<sip:a@h>"),
    "uri parameters": ("From", "<sip:a@h" + ";a=b" * 15_000 + '">'),
    "user without host": ("From", "<sip:" + "a;" * 30_000 + ">"),
    "escapes": ("From", "<sip:" + "%41" * 20_000 + ">"),
    "dots": ("From", "<sip:a@" + "a." * 30_000 + "-" + ">"),
    "hyphens": ("From", "<sip:a@a" + "-" * 60_000 + ">"),
    "colons": ("From", "<sip:a@[" + ":" * 60_000 + "]>"),
    "digits": ("CSeq", "9" * 60_000 + " REGISTER"),
    "slashes": ("Via", "SIP / " * 10_000),
    "vias": ("Via", ",".join(["SIP/2.0/UDP h"] * 4_000)),
    "folds": ("From", "a\r\n " * 15_000),
    "fields": ("From", "a\r\nX: y" * 8_000),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_sixty_kilobytes_of_malice_are_read_in_no_time(name: str) -> None:
    header, value = ATTACKS[name]
    lines = [line for line in VVX.decode().split("\r\n") if not line.startswith(f"{header}:")]
    data = "\r\n".join([lines[0], f"{header}: {value}", *lines[1:]]).encode()
    begun = time.process_time()
    with suppress(SipSyntaxError):
        parse_request(data)
    assert time.process_time() - begun < 2
