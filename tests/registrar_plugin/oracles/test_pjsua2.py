"""Where PJSIP 2.15.1 reads the addresses of a message differently from us, and why; an unlisted difference fails."""

from hypothesis import given, settings

from tests.registrar_plugin.corpora import all_messages
from tests.registrar_plugin.oracles.pjsip_parser import PjsipParser, addresses_of
from tests.registrar_plugin.oracles.registers import Trait, WrittenRegister, registers
from tests.registrar_plugin.reading import Refused, read_ours

THEIR_AUTH = "PJSIP refuses a message whose Authorization it cannot read; we read the message and ask for credentials"
SCHEME = "PJSIP takes no Request-URI but SIP's; we read any and answer 416"
START_LINE = "PJSIP reads over blanks in the start line"
CSEQ_METHOD = "PJSIP compares the methods of CSeq and start line later"
OVERLARGE = "PJSIP refuses numbers that are too large for it; we read and judge them"

FOLDED_BLANKS = "PJSIP knows no line of blanks alone in a folded value"
MALFORMED_EXPIRES = "PJSIP refuses what §20.10 lets count as 3600 seconds"

THEY_REFUSE: dict[str, str] = {
    "021-snom": THEIR_AUTH,
    "032-audiocodes-doc": "blanks within <>, as a maker's manual has them",
    "051-windows-rtc": THEIR_AUTH,
    "083-rfc4475-regaut01": THEIR_AUTH,
    "086-rfc4475-scalar02": OVERLARGE,
    "novelsc": SCHEME,
    "regaut01": THEIR_AUTH,
    "scalar02": OVERLARGE,
    "unkscm": SCHEME,
    "wsinv": "PJSIP knows no folded line in a number",
    "headers: folded within quotes": "PJSIP knows no folded line within quotes",
    "digest: uri without quotes": THEIR_AUTH,
    "user: empty password": "PJSIP wants something behind the colon; *( ... ) may be nothing (§25.1)",
    "contact: star for a name": "PJSIP takes a * for the whole Contact",
    "name: tokens folded": "PJSIP knows no folded line in an unquoted name",
    "from: IPv6 in a parameter": "PJSIP knows no host as a parameter's value (§25.1 gen-value)",
    "to: tag": "PJSIP takes it for a request within a dialog that it does not know; to a registrar a tag says nothing",
    "lines: folded before the value": FOLDED_BLANKS,
    "lines: folded with blanks alone": FOLDED_BLANKS,
    "unknown: NUL": "a NUL ends PJSIP's strings",
    "expires: below nought": MALFORMED_EXPIRES,
    "expires: words": MALFORMED_EXPIRES,
    "expires: RFC 2543's date": MALFORMED_EXPIRES,
    "expires: empty": MALFORMED_EXPIRES,
    "digest: open quote": THEIR_AUTH,
    "digest: nothing": THEIR_AUTH,
    "digest: another scheme": THEIR_AUTH,
    "digest: comma at the end": THEIR_AUTH,
}
WE_REFUSE: dict[str, str] = {
    "badaspec": "PJSIP reads over blanks within <>",
    "baddn": "PJSIP takes a comma for a part of an unquoted display name, and needs no empty line behind the headers",
    "clerr": "PJSIP takes the body that there is",
    "escruri": "PJSIP takes headers in a Request-URI",
    "lwsstart": START_LINE,
    "mcl01": "of two Content-Lengths PJSIP takes one",
    "mismatch01": CSEQ_METHOD,
    "mismatch02": CSEQ_METHOD,
    "multi01": "of headers that may stand once PJSIP takes one",
    "trws": START_LINE,
}
READ_OTHERWISE: dict[str, str] = {
    "longreq": "PJSIP shows no URI of that length",
    "uri: escaped per cent": "PJSIP shows an unescaped per cent unescaped",
    "uri: header without value": "PJSIP shows no equals sign behind it",
    "name: 2000 characters": "PJSIP shows no URI of that length",
}


def test_addresses_are_read_alike_but_for_the_listed(pjsip: PjsipParser) -> None:
    they_refuse, we_refuse, read_otherwise = set[str](), set[str](), set[str]()
    for name, data in all_messages().items():
        if data.startswith(b"SIP/"):
            continue
        ours, theirs = read_ours(data), pjsip.read(data)
        if isinstance(ours, Refused):
            we_refuse |= set() if isinstance(theirs, Refused) else {name}
        elif isinstance(theirs, Refused):
            they_refuse.add(name)
        elif addresses_of(ours) != theirs:
            read_otherwise.add(name)
    assert they_refuse == set(THEY_REFUSE)
    assert we_refuse == set(WE_REFUSE)
    assert read_otherwise == set(READ_OTHERWISE)


TRAITS: dict[Trait, str] = {
    Trait.STAR_FIRST: "PJSIP takes a * for the whole Contact",
    Trait.PER_CENT_IN_USER: "PJSIP shows an unescaped per cent unescaped",
}


@settings(deadline=None)
@given(written=registers())
def test_any_register_is_read_alike_but_for_the_listed_traits(pjsip: PjsipParser, written: WrittenRegister) -> None:
    assert pjsip.read(written.data) == addresses_of(written.expected) or written.traits & set(TRAITS)
