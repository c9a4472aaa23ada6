import contextlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.name_addr import NameAddr, parse_contact, parse_expires, parse_name_addr
from registrar_plugin.sip.uri import sip_uri


@pytest.mark.parametrize(
    ("text", "display_name", "uri"),
    [
        ('"Pierre Test" <sip:1013@h>;tag=F87D', "Pierre Test", "sip:1013@h"),
        ('"26841945"<sip:26841945@10.192.60.4>', "26841945", "sip:26841945@10.192.60.4"),
        ('"Quote \\" \\\\ and <sip:x@y>, too" <sip:a@h>', 'Quote " \\ and <sip:x@y>, too', "sip:a@h"),
        ("caller<sip:caller@h>", "caller", "sip:caller@h"),
        ("A. Bell <sip:a.g.bell@h>", "A. Bell", "sip:a.g.bell@h"),
        ("Jürgen <sip:j@h>", "Jürgen", "sip:j@h"),
        ('"" <sip:a@h>', "", "sip:a@h"),
        ("<sip:a@h>", "", "sip:a@h"),
        ("  <sip:a@h>  ", "", "sip:a@h"),
        ("sip:a@h", "", "sip:a@h"),
        ("<sip: ContactUser@HostName >", "", "sip:ContactUser@HostName"),
        ("<tel:+49-30-1234>", "", "tel:+49-30-1234"),
    ],
)
def test_display_name_and_uri_are_read(text: str, display_name: str, uri: str) -> None:
    address = parse_name_addr(text)
    assert (address.display_name, str(address.uri)) == (display_name, uri)


def test_without_brackets_the_parameters_are_the_headers() -> None:
    bare = parse_name_addr("sip:+19725552222@gw1.example.net;unknownparam")
    assert (str(bare.uri), bare.params) == ("sip:+19725552222@gw1.example.net", {"unknownparam": ""})


def test_within_brackets_the_parameters_are_the_uris() -> None:
    bracketed = parse_name_addr("<sip:+19725552222@gw1.example.net;unknownparam>;q=1")
    assert (str(bracketed.uri), bracketed.params) == ("sip:+19725552222@gw1.example.net;unknownparam", {"q": "1"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<>",
        "<sip:a@h",
        "sip:a@h>",
        '"Mr. J. User <sip:j.user@example.com>',
        "Bell, Alexander <sip:a.g.bell@example.com>",
        "Joe@home <sip:a@h>",
        '"a" "b" <sip:a@h>',
        "<sip:a@h> trailing",
        "< sip:t.watson@example.org >",
        "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
        "sip:user;par=u%40example.net@example.com",
        "sip:a@h <sip:b@h>",
        '"bell \x07" <sip:a@h>',
        "*",
    ],
)
def test_a_malformed_address_is_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_name_addr(text)


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    st.dictionaries(st.sampled_from(["tag", "q", "x-y"]), st.text('abc ,;<>"\\', min_size=1)),
)
def test_an_address_is_read_back_as_written(display_name: str, params: dict[str, str]) -> None:
    address = NameAddr(sip_uri("h", user="~~id~autoprovision"), display_name, params)
    assert parse_name_addr(str(address)) == address


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(SipSyntaxError):
        parse_name_addr(text)


def test_an_overlong_expiry_is_capped_and_a_malformed_one_is_an_hour() -> None:
    assert parse_expires("1" + "0" * 100) == timedelta(seconds=2**32 - 1)
    assert parse_expires("soon") == timedelta(hours=1)
    assert parse_contact("<sip:a@h>;expires=60").expires == timedelta(minutes=1)
    assert parse_contact("<sip:a@h>").expires is None


@pytest.mark.parametrize("q", ["1.5", "2", ".5", "0.1234", "high"])
def test_a_contact_with_a_malformed_q_is_refused(q: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_contact(f"<sip:a@h>;q={q}")
