from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.sip.answer import Answer
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.message import read_message
from registrar_plugin.sip.response import parse_response, write_response
from tests.peers.polycom import register

SOURCE = ("198.51.100.7", 40_000)


def lines_of(request: bytes, answer: Answer) -> list[bytes]:
    return write_response(read_message(request).headers, answer, source=SOURCE, to_tag="t1").split(b"\r\n")


def test_a_response_repeats_what_it_must_and_ends_with_an_empty_line() -> None:
    lines = lines_of(register(extra=["Via: SIP/2.0/UDP inner;branch=z9hG4bKx"]), Answer(200, fields=(("X", "y"),)))
    assert lines == [
        b"SIP/2.0 200 OK",
        b"Via: SIP/2.0/UDP 192.0.2.31:5060;branch=z9hG4bKone;received=198.51.100.7",
        b"Via: SIP/2.0/UDP inner;branch=z9hG4bKx",
        b'From: "KTM4PX-0004f2abcdef" <sip:~~id~autoprovision@pbx.example.com>;tag=F87D2248-BCC05E87',
        b"To: <sip:~~id~autoprovision@pbx.example.com>;tag=t1",
        b"Call-ID: c7f6bc72e0778e72",
        b"CSeq: 1 REGISTER",
        b"X: y",
        b"Server: autoprov",
        b"Content-Length: 0",
        b"",
        b"",
    ]


def test_latin_1_comes_back_octet_for_octet() -> None:
    assert b'From: "J\xfcrgen" <sip' in b"\n".join(
        lines_of(register().replace(b"KTM4PX-0004f2abcdef", b"J\xfcrgen"), Answer(200))
    )


def test_a_tag_that_is_there_stays() -> None:
    lines = lines_of(register().replace(b"example.com>\r\nCSeq", b"example.com> ; Tag = old\r\nCSeq"), Answer(200))
    assert b"To: <sip:~~id~autoprovision@pbx.example.com> ; Tag = old" in lines


@pytest.mark.parametrize("to", ['";tag=x" <sip:a@h>', "<sip:a@h;tag=x>", "<sip:a;tag=x@h>", 'sip:a@h;x=";tag=y"'])
def test_what_only_looks_like_a_tag_is_none(to: str) -> None:
    old = b"To: <sip:~~id~autoprovision@pbx.example.com>"
    lines = lines_of(register().replace(old, f"To: {to}".encode()), Answer(200))
    assert f"To: {to};tag=t1".encode() in lines


def test_a_to_that_cannot_be_read_gets_a_tag_unless_it_seems_to_have_one() -> None:
    for to, answered in (("<a", "<a;tag=t1"), ("<a;tag=x", "<a;tag=x")):
        assert f"To: {answered}".encode() in lines_of(f"X sip:h SIP/2.0\r\nTo: {to}\r\n\r\n".encode(), Answer(400))


def test_vias_that_cannot_be_read_are_repeated_as_they_came() -> None:
    lines = lines_of(b"X sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;;\r\nv: ,\r\n\r\n", Answer(400, "Why"))
    assert lines[:3] == [b"SIP/2.0 400 Why", b"Via: SIP/2.0/UDP h;;", b"Via: ,"]


def test_any_blanks_may_stand_before_the_method_of_cseq() -> None:
    for blanks in (b" ", b"\t", b" \t ", b"\r\n "):
        data = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\nCSeq: 1" + blanks + b"NOTIFY\r\n\r\n"
        assert parse_response(data).cseq_method == "NOTIFY"


def test_what_we_write_we_read_back() -> None:
    data = write_response(read_message(register()).headers, Answer(423), source=SOURCE, to_tag="t1")
    response = parse_response(data)
    assert (response.status, response.reason, response.cseq_method) == (423, "Interval Too Brief", "REGISTER")
    assert response.via.branch == "z9hG4bKone"


@pytest.mark.parametrize(
    "start_line",
    [
        "SIP/2.0 4294967301 better not",
        "SIP/2.0 99 x",
        "SIP/2.0 700 x",
        "SIP/2.0 200",
        "SIP/3.0 200 OK",
        "HTTP/1.1 200 OK",
    ],
)
def test_a_malformed_status_line_is_refused(start_line: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_response(f"{start_line}\r\nVia: SIP/2.0/UDP h\r\nCSeq: 1 NOTIFY\r\n\r\n".encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\nCSeq: 1 NOTIFY\r\n" + data + b"\r\n\r\n"):
        with suppress(SipSyntaxError):
            parse_response(candidate)
