"""60 kB made to be slow: every header full of every repeated piece, and frames of nothing but frame.

All are read in milliseconds; the bound leaves room for a busy machine, and none for a pattern that is not linear:
that takes seconds.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registrar import Registrar
from registrar_plugin.sip.digest import parse_challenge, parse_credentials
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.request import parse_request
from registrar_plugin.sip.response import parse_response
from tests.peers.polycom import USER, register

BYTES = 60_000
BOUND_SECONDS = 0.5
NOW = datetime(2026, 5, 4, tzinfo=UTC)
VVX = register().decode()
ADDRESS_HEADERS = ["From", "To", "Contact"]
OTHER_HEADERS = ["Via", "Call-ID", "CSeq", "Expires", "Max-Forwards", "Content-Length", "Authorization", "Require"]
# What is repeated.
QUOTES = ['"', "\\", '\\"', '""', '"" ', '"a"b', '",', '\\\\"', 'a="b",', 'a="b,']
BRACKETS = ["<", ">", "<>", "<<", "<sip:a@h>,", '"a" <sip:a@h>,', "<sip:a@h>;", "[", "]", "[]"]
PARAMETERS = [";", "; ", ";a", "; a = b", ';a="', "=", "?", "&", "?a=b&"]
BLANKS = [" ", "\t", "\r\n ", "\r\n\t", "\r\n \r\n ", " ,", "a "]
SIGNS = [",", "a,", "%", "%4", "%41", "@", "a@", ":", "::", ".", "a.", "-", "a-", "*", "/"]
WORDS = ["SIP/", "SIP/2.0/UDP h,", "sip:", "Digest "]
CHARACTERS = ["a", "0", "9", "1.", "é", "\udc80", "\0", "\x7f"]
PIECES = [*QUOTES, *BRACKETS, *PARAMETERS, *BLANKS, *SIGNS, *WORDS, *CHARACTERS]
# What may stand before it and what behind it.
OPENINGS = ["", '"', "<sip:", "<sip:a@h", '"a" <sip:a@h>;a="', "SIP/2.0/UDP h", 'Digest a="', "Digest "]
ENDINGS = ["", '"', ">\x01"]


def seconds_to_read(data: bytes) -> float:
    """CPU time that the parser takes, whatever it says."""
    begun = time.process_time()
    with suppress(SipSyntaxError):
        parse_request(data)
    return time.process_time() - begun


def filled(opening: str, piece: str, ending: str) -> str:
    """60 kB of *piece* in between."""
    room = BYTES - len(opening) - len(ending)
    return opening + piece * (room // len(piece.encode("utf-8", "surrogateescape"))) + ending


def values() -> Iterator[str]:
    for opening in OPENINGS:
        for piece in PIECES:
            for ending in ENDINGS:
                yield filled(opening, piece, ending)


def with_header(name: str, value: str) -> bytes:
    """The VVX's REGISTER with this value instead of its own."""
    lines = [line for line in VVX.split("\r\n") if not line.startswith(f"{name}:")]
    return "\r\n".join([lines[0], f"{name}: {value}", *lines[1:]]).encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("name", [*ADDRESS_HEADERS, *OTHER_HEADERS])
def test_a_header_of_nothing_but_malice_is_read_in_no_time(name: str) -> None:
    assert max(seconds_to_read(with_header(name, value)) for value in values()) < BOUND_SECONDS


FRAMES = {
    "empty lines first": "\r\n" * 30_000 + VVX,
    "carriage returns first": "\r" * 60_000 + VVX,
    "method": "A" * 60_000 + VVX,
    "blanks in the start line": "REGISTER" + " " * 60_000 + VVX,
    "start line alone": "REGISTER sip:" + "a;" * 30_000,
    "user of the Request-URI": VVX.replace("sip:pbx", "sip:" + "a;" * 29_000 + "@pbx", 1),
    "parameters of the Request-URI": VVX.replace(" SIP/2.0", ";a=b" * 14_000 + " SIP/2.0", 1),
    "escapes in the Request-URI": VVX.replace("sip:pbx", "sip:" + "%41" * 19_000 + "pbx", 1),
    "version": VVX.replace("SIP/2.0", "SIP/" + "2" * 60_000, 1),
    "line feeds": VVX.replace("\r\n\r\n", "\r\n") + "\r" * 30_000 + "\n",
    "fields": VVX.replace("Expires", "X: y\r\n" * 9_000 + "Expires", 1),
    "fields without a name": VVX.replace("Expires", ":\r\n" * 18_000 + "Expires", 1),
    "fields without a colon": VVX.replace("Expires", "X\r\n" * 18_000 + "Expires", 1),
    "blanks before a colon": VVX.replace("Expires:", "Expires" + " " * 58_000 + ":", 1),
    "a name": VVX.replace("Expires:", "E" * 58_000 + ":", 1),
    "names of many kinds": VVX.replace("Expires", "".join(f"X{i}:\r\n" for i in range(7_000)) + "Expires", 1),
    "vias": VVX.replace("Via:", "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n" * 200 + "Via:", 1),
    "vias with long lists": VVX.replace(
        "Via:", ("Via: " + "SIP/2.0/UDP h," * 20 + "SIP/2.0/UDP h\r\n") * 190 + "Via:", 1
    ),
    "contacts": VVX.replace("Contact:", "Contact: <sip:a@192.0.2.1>;expires=60\r\n" * 240 + "Contact:", 1),
    "folded lines": VVX.replace("Expires:", "X:" + "\r\n a" * 14_000 + "\r\nExpires:", 1),
    "folded blanks": VVX.replace("Expires:", "X:" + ("\r\n" + " " * 50) * 1_100 + "\r\nExpires:", 1),
    "folds before the first field": VVX.replace("\r\n", "\r\n a" * 14_000 + "\r\n", 1),
    "credentials": VVX.replace("Expires:", 'Authorization: Digest a="b"\r\n' * 240 + "Expires:", 1),
    "body": VVX + "\r\n" * 29_000,
    "length of the body": VVX.replace("Length: 0", "Length: " + "0" * 58_000 + "1", 1),
    "nothing but line feeds in a body without end": VVX.removesuffix("\r\n") + "\n\r" * 29_000,
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_of_nothing_but_malice_is_read_in_no_time(name: str) -> None:
    assert seconds_to_read(FRAMES[name].encode()) < BOUND_SECONDS


@pytest.mark.parametrize("name", FRAMES)
def test_the_registrar_answers_malice_in_no_time(name: str) -> None:
    registrar = Registrar(RegistrarSettings(USER, "r", "pw", b"k"))
    begun = time.process_time()
    registrar.handle(FRAMES[name].encode(), ("192.0.2.1", 5060), now=NOW)
    assert time.process_time() - begun < BOUND_SECONDS


def test_credentials_challenges_and_responses_of_malice_are_read_in_no_time() -> None:
    begun = time.process_time()
    for piece in PIECES:
        text = filled("Digest ", piece, "")
        for parse in (parse_credentials, parse_challenge):
            with suppress(SipSyntaxError):
                parse(text)
        with suppress(SipSyntaxError):
            parse_response(
                f"SIP/2.0 200 {filled('', piece, '')}\r\nVia: {filled('', piece, '')}\r\n\r\n".encode("utf-8", "ignore")
            )
    assert time.process_time() - begun < BOUND_SECONDS * len(PIECES)
