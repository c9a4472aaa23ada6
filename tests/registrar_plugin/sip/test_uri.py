from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.uri import OtherUri, SipUri, parse_uri, sip_uri


def read(text: str) -> SipUri:
    uri = parse_uri(text)
    assert isinstance(uri, SipUri)
    return uri


def test_every_part_of_a_sip_uri_is_read() -> None:
    uri = read("SIPS:alice:pw@[2001:db8::10]:5070;transport=TCP;lr;n%61me=v%25?to=bob&x=")
    assert (uri.scheme, uri.user, uri.password) == ("sips", "alice", "pw")
    assert (uri.host, uri.port, uri.headers) == ("2001:db8::10", 5070, "to=bob&x=")
    assert uri.params == {"transport": "TCP", "lr": "", "name": "v%"}


@pytest.mark.parametrize(
    ("text", "user", "host"),
    [
        ("sip:%7e%7Eid~autoprovision@pbx", "~~id~autoprovision", "pbx"),
        ("sip:I%20have%20spaces@example.net", "I have spaces", "example.net"),
        ("sip:%00@host5.example.com", "\0", "host5.example.com"),
        ("sip:j%C3%BCrgen@h", "jürgen", "h"),
        ("sip:j%FCrgen@h", "jürgen", "h"),
        ("sip:user;par=u%40example.net@example.com", "user;par=u@example.net", "example.com"),
        ("sip:aaronmsn", None, "aaronmsn"),
    ],
)
def test_the_user_is_unescaped(text: str, user: str | None, host: str) -> None:
    assert (read(text).user, read(text).host) == (user, host)


def test_the_password_is_kept_out_of_the_representation() -> None:
    assert "pw" not in repr(read("sip:alice:pw@host")).replace("sip:alice:pw@host", "")


@pytest.mark.parametrize(
    "text", ["tel:+1-201-555-0123", "http://www.example.com", "isbn:2983792873", "name:John_Smith"]
)
def test_another_scheme_is_kept_as_it_is(text: str) -> None:
    assert parse_uri(text) == OtherUri(text, text.partition(":")[0])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sip:",
        "sip:@host",
        "sip:user@",
        "sip:Blue Face",
        "sip:2001:db8::10",
        "sip:user@host:",
        "sip:user@host:99999",
        "sip:a%4@host",
        "sip:user@host;",
        "sip:user@host;a=",
        "sip:user@host;a=1;A=2",
        "sip:user@host?",
        "sip:a@b@c",
        "sip:ü@host",
        "<sip:user@host>",
        "no scheme",
        "tel:",
        'x:"',
    ],
)
def test_a_malformed_uri_is_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_uri(text)


# RFC 3261 §19.1.4's own examples
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", True),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", True),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5", True),
        ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", False),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", False),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", False),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", False),
        ("sip:alice@h", "sips:alice@h", False),
    ],
)
def test_uris_are_compared_as_the_rfc_says(one: str, other: str, same: bool) -> None:
    assert read(one).is_equivalent(read(other)) is same
    assert read(other).is_equivalent(read(one)) is same


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.none() | st.integers(1, 65535))
def test_a_uri_of_our_own_is_read_back(user: str, port: int | None) -> None:
    uri = sip_uri("pbx.example.com", user=user, port=port)
    assert parse_uri(str(uri)) == uri


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, f"sip:{text}"):
        with suppress(SipSyntaxError):
            parse_uri(candidate)
