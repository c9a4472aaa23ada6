"""Where sippy 2.5.0 reads a message differently from us, and why; an unlisted difference fails."""

from hypothesis import given, settings

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.response import parse_response
from tests.registrar_plugin.corpora import all_messages, tortuous_messages
from tests.registrar_plugin.oracles.registers import Trait, WrittenRegister, registers
from tests.registrar_plugin.oracles.sippy_parser import read_as_sippy, read_response_as_sippy
from tests.registrar_plugin.reading import THEY_REFUSE, WE_REFUSE, Refused, differences, read_ours

NO_CREDENTIALS = "not Digest: no credentials to us, empty ones to sippy"
OPEN_QUOTE = "the message is cut within a quote: no credentials to us, the value so far to sippy"
PAIRS = "sippy leaves the backslashes of quoted pairs where they are"
SCHEME = "sippy reads sip: and sips: alone"
START_LINE = "sippy splits the start line at any blanks"
NOT_UTF_8 = "octets that are not UTF-8 are refused by sippy, taken as Latin-1 by us"
EMPTY_LINES = "sippy knows no empty lines before the start line (§7.5)"
VIA_BLANKS = "sippy knows no blanks around the slashes of a Via"
MALFORMED_EXPIRES = "sippy refuses what §20.10 lets count as 3600 seconds"
AUTH_COMMA = "sippy splits credentials at commas within quotes"
WE_CAP = "a number of any size is read by sippy, capped by us"
CSEQ_METHOD = "sippy does not compare the methods of CSeq and start line (§8.1.1.5)"
LOOSE_CONTACT = "a ? outside of <> is part of a URI to sippy, an error to the RFC"

DIFFERENCES: dict[str, tuple[set[str], str]] = {
    # captured
    "021-snom": ({"digest"}, OPEN_QUOTE),
    "032-audiocodes-doc": ({"to"}, "blanks within <> belong to user and host to sippy"),
    "051-windows-rtc": ({"digest"}, OPEN_QUOTE),
    "083-rfc4475-regaut01": ({"digest"}, NO_CREDENTIALS),
    "084-rfc4475-regbadct": ({WE_REFUSE}, LOOSE_CONTACT),
    "086-rfc4475-scalar02": ({"cseq"}, WE_CAP),
    "087-rfc4475-unksm2": ({THEY_REFUSE}, SCHEME),
    # RFC 4475
    "badvers": ({WE_REFUSE}, "sippy takes any version for SIP/2.0"),
    "escruri": ({WE_REFUSE}, "headers in a Request-URI are read by sippy (§19.1.1: never there)"),
    "intmeth": ({"to"}, PAIRS),
    "lwsstart": ({WE_REFUSE}, START_LINE),
    "mcl01": ({WE_REFUSE}, "of two Content-Lengths sippy takes the last"),
    "mismatch01": ({WE_REFUSE}, CSEQ_METHOD),
    "mismatch02": ({WE_REFUSE}, CSEQ_METHOD),
    "mpart01": ({THEY_REFUSE}, NOT_UTF_8 + "; even in a body"),
    "multi01": ({WE_REFUSE}, "of headers that may stand once sippy takes the first"),
    "ncl": ({WE_REFUSE}, "sippy takes a negative Content-Length for no number of octets to wait for"),
    "novelsc": ({THEY_REFUSE}, SCHEME),
    "regaut01": ({"digest"}, NO_CREDENTIALS),
    "regbadct": ({WE_REFUSE}, LOOSE_CONTACT),
    "scalar02": ({"cseq"}, WE_CAP),
    "trws": ({WE_REFUSE}, START_LINE),
    "unkscm": ({THEY_REFUSE}, SCHEME),
    "unksm2": ({THEY_REFUSE}, SCHEME),
    "wsinv": ({THEY_REFUSE}, VIA_BLANKS),
    # our shapes
    "name: quotes and backslashes escaped": ({"from_"}, PAIRS),
    "name: escaped quote at the end": ({"from_"}, PAIRS),
    "name: escaped backslash at the end": ({THEY_REFUSE}, "to sippy the escaped backslash escapes the closing quote"),
    "name: Latin-1": ({THEY_REFUSE}, NOT_UTF_8),
    "name: Latin-1 without quotes": ({THEY_REFUSE}, NOT_UTF_8),
    "contact: addr-specs in one line": ({THEY_REFUSE}, "a blank behind the comma hides an addr-spec from sippy"),
    "contact: quoted names in one line": ({"contacts"}, "behind a comma sippy takes quotes for a part of the name"),
    "contact: tel": ({THEY_REFUSE}, SCHEME),
    "contact: tel beside sip": ({THEY_REFUSE}, SCHEME),
    "contact: mailto": ({THEY_REFUSE}, SCHEME),
    "headers: empty lines first": ({THEY_REFUSE}, EMPTY_LINES),
    "digest: comma in the user name": ({"digest"}, AUTH_COMMA),
    "digest: comma in the nonce": ({"digest"}, AUTH_COMMA),
    "digest: comma in the realm": ({"digest"}, AUTH_COMMA),
    "digest: quotes and backslash in the realm": ({"digest"}, PAIRS),
    "via: blanks around the signs": ({THEY_REFUSE}, VIA_BLANKS),
    "via: comma in quotes": ({THEY_REFUSE}, "sippy splits Via at commas within quotes"),
    # our rare shapes
    "user: an octet that is not UTF-8": ({"contacts"}, NOT_UTF_8 + "; escaped, sippy has a mark for it"),
    "uri: own scheme": ({THEY_REFUSE}, SCHEME),
    "uri: URN": ({THEY_REFUSE}, SCHEME),
    "uri: tel without brackets": ({THEY_REFUSE}, SCHEME),
    "uri: tel with parameters": ({THEY_REFUSE}, SCHEME),
    "contact: all that parts something, in quotes": ({THEY_REFUSE}, "sippy splits Contact at commas within quotes"),
    "contact: addr-spec, blanks around parameters": ({"contacts"}, "the blank belongs to the host to sippy"),
    "contact: addr-spec with instance": ({THEY_REFUSE}, "a < anywhere begins the URI to sippy"),
    "contact: addr-spec of sips": ({THEY_REFUSE}, "sippy knows an addr-spec by sip: alone"),
    "name: escaped NUL": ({"from_"}, PAIRS),
    "name: everything escaped": ({"from_"}, PAIRS),
    "name: UTF-8 cut off": ({THEY_REFUSE}, NOT_UTF_8),
    "name: UTF-8 too long": ({THEY_REFUSE}, NOT_UTF_8),
    "name: UTF-8 of a surrogate": ({THEY_REFUSE}, NOT_UTF_8),
    "name: UTF-8 beside Latin-1": ({THEY_REFUSE}, NOT_UTF_8),
    "lines: many empty ones first": ({THEY_REFUSE}, EMPTY_LINES),
    "lines: LF first": ({THEY_REFUSE}, EMPTY_LINES),
    "unknown: all octets": ({THEY_REFUSE}, NOT_UTF_8),
    "expires: words": ({THEY_REFUSE}, MALFORMED_EXPIRES),
    "expires: RFC 2543's date": ({THEY_REFUSE}, MALFORMED_EXPIRES),
    "expires: empty": ({THEY_REFUSE}, MALFORMED_EXPIRES),
    "via: blanks as in wsinv": ({THEY_REFUSE}, VIA_BLANKS),
    "via: tabs as in wsinv": ({THEY_REFUSE}, VIA_BLANKS),
    "via: folded at every sign": ({THEY_REFUSE}, VIA_BLANKS),
    "body: all octets": ({THEY_REFUSE}, NOT_UTF_8 + "; even in a body"),
    "digest: blanks": ({"digest"}, "sippy takes the blank before = for a part of the name"),
    "digest: twice the same": ({"digest"}, "of two values sippy takes the last; no credentials to us"),
    "digest: short nonce count": ({"digest"}, "nc has eight digits (RFC 2617 §3.2.2); no credentials to us"),
    "digest: quotes and backslash in the user": ({"digest"}, PAIRS),
}


def test_requests_are_read_alike_but_for_the_listed() -> None:
    requests = {name: data for name, data in all_messages().items() if not data.startswith(b"SIP/")}
    found = {name: differences(read_ours(data), read_as_sippy(data)) for name, data in requests.items()}
    assert {name: set(names) for name, names in found.items() if names} == {
        name: names for name, (names, _) in DIFFERENCES.items()
    }


# In what a REGISTER with such a trait may be read differently.
TRAITS: dict[Trait, tuple[set[str], str]] = {
    Trait.SPECIAL_NAME: ({"from_", "to", "contacts", THEY_REFUSE}, PAIRS + ", and counts brackets within quotes"),
    Trait.BARE_WITH_BRACKET: ({THEY_REFUSE}, "a < anywhere begins the URI to sippy"),
    Trait.SEVERAL_IN_ONE_LINE: ({"contacts", THEY_REFUSE}, "the blank behind the comma hides quotes and addr-specs"),
    Trait.SEMICOLON_IN_USER: ({"from_", "to", "contacts"}, "sippy does not unescape a user part behind a semicolon"),
}


@settings(deadline=None)
@given(registers())
def test_any_register_is_read_by_us_and_alike_but_for_the_listed_traits(written: WrittenRegister) -> None:
    assert read_ours(written.data) == written.expected
    allowed = {name for trait in written.traits if trait in TRAITS for name in TRAITS[trait][0]}
    assert differences(written.expected, read_as_sippy(written.data)) <= allowed


RESPONSES: dict[str, str] = {
    "bigcode": "sippy takes any number for a status",
    "noreason": "sippy makes up a reason phrase where there is none",
}


def test_responses_are_read_alike_but_for_the_listed() -> None:
    responses = {name: data for name, data in tortuous_messages().items() if data.startswith(b"SIP/")}
    assert {name for name, data in responses.items() if _our_response(data) != read_response_as_sippy(data)} == set(
        RESPONSES
    )


def _our_response(data: bytes) -> tuple[int, str, str, int] | Refused:
    try:
        response = parse_response(data)
    except SipSyntaxError as error:
        return Refused(error.reason)
    return response.status, response.reason, response.via.branch, int(response.headers.first("cseq").split()[0])
