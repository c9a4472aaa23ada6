"""What is read in one step reads as it does piece by piece, which a blank, or capitals, that change nothing lead to."""

from hypothesis import example, given
from hypothesis import strategies as st

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.name_addr import NameAddr, parse_contact, parse_name_addr
from registrar_plugin.sip.uri import SipUri, Uri, parse_uri
from registrar_plugin.sip.via import Via, parse_via

_HOSTS = [
    "192.0.2.1",
    "1.2.3",
    "999.1.1.1",
    "1.2.3.4.5",
    "h",
    "a-b.c",
    "a-.b",
    "h.",
    "h2",
    "2h",
    "a..b",
    "_x",
    "[::1]",
    "h" * 256,
]
_PORTS = ["", ":5060", ":05060", ":0", ":59999", ":60000", ":65536", ":"]
_USERS = ["", "a@", "~~id~autoprovision@", "a;b=c@", "a?b@", "a:b@", "a:5060@", "%41@", "@", "ü@"]
_URI_PARAMS = ["", ";lr", ";transport=udp", ";Transport=tcp", ";a=[1]:/&+$", ";a=%41", ";", ";a=", "?a=b"]
_PARAMS = [
    "",
    ";a",
    ";tag=1-x",
    ";TAG=2",
    ";q=0.5",
    ";q=2",
    ';m="a,b;c"',
    ';m="\\""',
    ";h=[::1]",
    ";a=",
    ";",
    ";ü=1",
    ",",
    "x",
]
_NAMES = ["", '"KTM4PX-0004f2abcdef" ', '"a"', '"a"  ', '"a\\"b" ', '"ü" ', '"', "word ", '"\t" ']
_PROTOCOLS = ["SIP/2.0/UDP ", "SIP/2.0/tcp ", "sip/2.0/UDP ", "SIP/3.0/UDP ", "SIP/2.0/UDP  ", "SIP/2.0/UDP"]

Reading = NameAddr | Uri | Via | str


def _some(*choices: list[str]) -> st.SearchStrategy[str]:
    return st.tuples(*(st.sampled_from(choice) for choice in choices)).map("".join)


_URIS = _some(_USERS, _HOSTS, _PORTS, _URI_PARAMS, _URI_PARAMS)


def _address(text: str) -> Reading:
    try:
        return parse_name_addr(text)
    except SipSyntaxError as error:
        return error.reason


def _contact(text: str) -> Reading:
    try:
        return parse_contact(text)
    except SipSyntaxError as error:
        return error.reason


def _uri(text: str) -> Reading:
    try:
        uri = parse_uri(text)
    except SipSyntaxError as error:
        return error.reason
    return uri._replace(text="") if isinstance(uri, SipUri) else uri


def _via(text: str) -> Reading:
    try:
        return parse_via(text)
    except SipSyntaxError as error:
        return error.reason


@given(_some(_NAMES), _URIS, _some(_PARAMS, _PARAMS))
@example('"KTM4PX-0004f2abcdef" ', "~~id~autoprovision@pbx.example.com", ";tag=1")
def test_an_address(name: str, uri: str, params: str) -> None:
    text = f"{name}<sip:{uri}>{params}"
    assert _address(text) == _address(f" {text}")
    assert _contact(text) == _contact(f" {text}")


@given(_URIS)
@example("pbx.example.com;transport=udp")
def test_a_uri(rest: str) -> None:
    assert _uri(f"sip:{rest}") == _uri(f"SIP:{rest}")


@given(_some(_PROTOCOLS, _HOSTS, _PORTS, _PARAMS, _PARAMS))
@example("SIP/2.0/UDP 192.0.2.31:5060;branch=z9hG4bKone;rport")
def test_a_via(text: str) -> None:
    assert _via(text) == _via(f" {text}")
