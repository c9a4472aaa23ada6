from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.sip.message import MAX_BYTES, MAX_FIELDS, read_message


def test_names_are_lower_case_and_compact_forms_written_out() -> None:
    headers = read_message(b"OPTIONS sip:h SIP/2.0\r\nV: a\r\nvia:b\r\nm:c\r\nX-Own : d \r\n\r\n").headers
    assert headers.all("via") == ("a", "b")
    assert headers.all("contact") == ("c",)
    assert headers.first("x-own") == "d"
    assert headers.first("from") == ""


def test_folded_lines_are_one_value() -> None:
    headers = read_message(b"OPTIONS sip:h SIP/2.0\r\nTO :\r\n sip:a@h ;\r\n\t tag = 1\r\nFrom: x\r\n\r\n").headers
    assert headers.only("to") == "sip:a@h ; tag = 1"
    assert headers.only("from") == "x"


def test_lines_may_end_with_lf_alone() -> None:
    message = read_message(b"OPTIONS sip:h SIP/2.0\nTo: a\n\nbody")
    assert (message.start_line, message.headers.only("to"), message.body) == ("OPTIONS sip:h SIP/2.0", "a", b"body")


def test_empty_lines_before_the_start_line_are_ignored() -> None:
    assert read_message(b"\r\n\r\nOPTIONS sip:h SIP/2.0\r\n\r\n").start_line == "OPTIONS sip:h SIP/2.0"


def test_a_keep_alive_is_nothing() -> None:
    for data in (b"", b"\r\n\r\n", b"\n"):
        assert read_message(data).start_line == ""


def test_what_can_be_read_of_a_faulty_message_is_there() -> None:
    message = read_message(b"OPTIONS sip:h SIP/2.0\r\nVia: a\r\nno header\r\nTo: b\rc\r\nFrom: d\r\n\r\n")
    assert message.fault is not None
    assert message.headers.only("via") == "a"
    assert message.headers.only("from") == "d"
    assert message.headers.only("to") is None


def test_a_message_without_an_empty_line_is_cut_short() -> None:
    assert read_message(b"OPTIONS sip:h SIP/2.0\r\nVia: a\r\n").fault is not None


def test_too_large_a_message_is_faulty() -> None:
    too_long = read_message(b"OPTIONS sip:h SIP/2.0\r\nVia: a\r\n\r\n" + bytes(MAX_BYTES))
    too_many = read_message(b"OPTIONS sip:h SIP/2.0\r\n" + b"Via: a\r\n" * (MAX_FIELDS + 1) + b"\r\n")
    for message in (too_long, too_many):
        assert message.fault is not None
        assert message.fault.status == 513
        assert message.headers.first("via") == "a"


@given(st.binary(max_size=300))
def test_any_bytes_are_framed(data: bytes) -> None:
    read_message(data)
