from hypothesis import given
from hypothesis import strategies as st

from simulated_phone.sip_messages import Request, Response, first, list_values, parse, to_bytes, values


def test_a_request_is_read_with_compact_and_folded_headers() -> None:
    message = parse(
        b"NOTIFY sip:200@h SIP/2.0\r\nv: SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP b\r\no: check-sync\r\n ;x\r\n\r\n"
    )
    assert isinstance(message, Request)
    assert message.method == "NOTIFY"
    assert values(message.headers, "Via") == ["SIP/2.0/UDP a", "SIP/2.0/UDP b"]
    assert first(message.headers, "Event") == "check-sync ;x"
    assert first(message.headers, "Expires") == ""


def test_a_response_is_read() -> None:
    message = parse(b"SIP/2.0 401 Unauthorized\r\nCSeq: 1 REGISTER\r\n\r\n")
    assert message == Response(401, (("CSeq", "1 REGISTER"),))


def test_contacts_are_split_at_commas_outside_quotes_only() -> None:
    headers = [("Contact", '<sip:a@h>;methods="INVITE,ACK";expires=9, "Doe, J" <sip:b@h>'), ("m", "<sip:c@h>")]
    contacts = ['<sip:a@h>;methods="INVITE,ACK";expires=9', '"Doe, J" <sip:b@h>', "<sip:c@h>"]
    assert list_values(headers, "Contact") == contacts


def test_a_message_is_written_with_lengths_and_line_ends() -> None:
    assert to_bytes("SIP/2.0 200 OK", [("To", "<sip:a>")]) == (
        b"SIP/2.0 200 OK\r\nTo: <sip:a>\r\nContent-Length: 0\r\n\r\n"
    )


def test_keep_alives_are_not_messages() -> None:
    assert parse(b"\r\n\r\n") is None
    assert parse(b"\0") is None
    assert parse(b"") is None


@given(st.binary())
def test_any_bytes_are_a_message_or_nothing(datagram: bytes) -> None:
    assert isinstance(parse(datagram), Request | Response | None)
