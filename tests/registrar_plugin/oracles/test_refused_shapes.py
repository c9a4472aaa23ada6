"""Which of the shapes that we refuse sippy 2.5.0 and PJSIP 2.15.1 read, and why we do not.

Both are liberal where a phone would be: a registrar that guesses binds what nobody meant.
"""

from collections.abc import Iterator, Mapping

from tests.registrar_plugin.oracles.pjsip_parser import PjsipParser
from tests.registrar_plugin.oracles.sippy_parser import read_as_sippy
from tests.registrar_plugin.reading import Refused, read_ours
from tests.registrar_plugin.refused_shapes import REFUSED_SHAPES

# Read well, and refused for what they ask.
JUDGED = {
    "to: tel",
    "start: tel",
    "cseq: 2**31",
    "cseq: of many digits",
    "require: nothing",
    "require: outbound",
    "path",
}

WHY_WE_DO_NOT: Mapping[str, str] = {
    "host": "§25.1 host; RFC 5954 for IPv6; a zone is of no meaning to anybody else",
    "port": "a port is a number from 1 to 65535 where somebody shall be reached",
    "user": "§25.1 userinfo: what is not unreserved is escaped",
    "uri": "§25.1 SIP-URI; §19.1.1: a parameter stands there once",
    "contact": "§20.10: * stands alone; §25.1 contact-param, qvalue; §20: , ; ? only within <>",
    "name": "§25.1 display-name: tokens, or one quoted-string",
    "from": "§7.3.1: From once, each parameter once",
    "to": "§8.1.1: there is one",
    "lines": "§7.3: a name is a token; §7: an empty line ends the head; 256 fields are enough for anybody",
    "start": "§7.1: single blanks, a literal version, a method in its own case",
    "cseq": "§20.16: one number, one method",
    "call-id": "§25.1 callid, once",
    "expires": "§7.3.1: once",
    "max-forwards": "§25.1: 1*DIGIT",
    "via": "§25.1 via-parm",
    "body": "§20.14: one number; two lengths are two opinions where the next message begins",
}
REFUSED_BY_SIPPY_TOO = {
    "host: IPv6 without brackets",
    "host: IPv6 not closed",
    "host: none",
    "uri: scheme alone",
    "uri: nothing",
    "uri: blanks within the brackets",
    "uri: headers of nothing",
    "uri: header without equals sign",
    "uri: ampersand at the end",
    "uri: not closed",
    "contact: empty",
    "contact: empty besides another",
    "contact: comma alone",
    "contact: comma first",
    "contact: comma last",
    "contact: two commas",
    "contact: addr-spec with a comma",
    "contact: star twice",
    "contact: star last",
    "contact: star with a parameter",
    "name: quote not closed",
    "name: quotes and a token",
    "name: comma",
    "to: nothing",
    "to: none",
    "lines: CR in a value",
    "lines: no colon",
    "cseq: no method",
    "cseq: no blank",
    "via: IPv6 without brackets",
    "via: no blank",
    "via: comma last",
    "via: an empty second",
    "via: nothing",
    "body: length of nothing",
    "body: length in hex",
    "body: list of lengths",
}
READ_BY_PJSIP = {
    "host: zone",
    "host: zone unescaped",
    "host: IPv6 of three colons",
    "host: IPv6 with an IPv4 address of noughts",
    "host: three numbers",
    "host: one number",
    "host: IPv4 and a dot",
    "host: last label of digits",
    "host: label ends in a hyphen",
    "host: two dots",
    "host: a dot",
    "port: nought",
    "user: half an escape",
    "user: escape of no digits",
    "user: per cent alone",
    "user: number sign",
    "uri: blanks within the brackets",
    "uri: parameter twice",
    "uri: parameter without value",
    "uri: parameter in quotes",
    "uri: header without equals sign",
    "contact: parameter without value",
    "contact: parameter twice",
    "contact: q above one",
    "contact: q of four digits",
    "contact: q without value",
    "contact: comma first",
    "contact: two commas",
    "contact: addr-spec with a comma",
    "contact: addr-spec with a semicolon",
    "contact: star twice",
    "contact: star first",
    "contact: star last",
    "contact: stars in lines",
    "contact: star in another line",
    "name: a token and quotes",
    "name: comma",
    "name: semicolon",
    "name: at",
    "name: comment",
    "name: slash",
    "name: brackets",
    "name: control character",
    "name: NUL",
    "name: escaped UTF-8",
    "from: twice",
    "from: empty tag",
    "from: tag twice",
    "lines: no empty one",
    "lines: too many",
    "start: byte order mark",
    "start: port nought",
    "start: small letters",
    "cseq: no blank",
    "cseq: twice",
    "call-id: blank",
    "call-id: UTF-8",
    "call-id: twice",
    "expires: twice",
    "via: port nought",
    "via: zone",
    "via: comment",
    "via: rport of nothing",
    "via: branch twice",
    "body: length twice",
}
# An assertion in pjsip_url_print ends the process that shows such an address.
DEADLY_TO_PJSIP = {"host: empty brackets"}


def malformed() -> Iterator[tuple[str, bytes]]:
    """Each shape that cannot be read, by its name without ``refused``."""
    for name, shape in REFUSED_SHAPES.items():
        if (short := name.removeprefix("refused ")) not in JUDGED:
            yield short, shape.data


def test_what_is_refused_for_what_it_asks_is_read() -> None:
    unread = {name for name, shape in REFUSED_SHAPES.items() if isinstance(read_ours(shape.data), Refused)}
    assert unread == {f"refused {name}" for name, _ in malformed()}


def test_for_each_kind_the_rfc_has_a_reason() -> None:
    assert {name.partition(":")[0] for name, _ in malformed()} == set(WHY_WE_DO_NOT)


def test_sippy_reads_all_but_the_listed() -> None:
    assert {name for name, data in malformed() if isinstance(read_as_sippy(data), Refused)} == REFUSED_BY_SIPPY_TOO


def test_pjsip_reads_the_listed(pjsip: PjsipParser) -> None:
    asked = {name: data for name, data in malformed() if name not in DEADLY_TO_PJSIP}
    assert {name for name, data in asked.items() if not isinstance(pjsip.read(data), Refused)} == READ_BY_PJSIP
