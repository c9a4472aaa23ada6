"""Values of From, To and Contact."""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import NamedTuple

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import (
    BLANKS,
    QUOTED_STRING,
    USUAL_LENGTH,
    USUAL_PARAMS,
    parse_number,
    parse_params,
    quote,
    read_usual_params,
    readable,
    split_list,
    unquote,
    write_params,
)
from registrar_plugin.sip.remembered import remembered
from registrar_plugin.sip.uri import USUAL_URI, SipUri, Uri, parse_uri, read_usual_uri

# name-addr    = [ display-name ] LAQUOT addr-spec RAQUOT
# display-name = *(token LWS) / quoted-string
# Wider than the ABNF: words that are not ASCII stand there unquoted, too.
_WORDS = r"[A-Za-z0-9\-.!%*_+`'~\x80-\U0010ffff \t]*+"
_NAME_ADDR = re.compile(rf"[ \t]*+(?:(?P<quoted>{QUOTED_STRING})[ \t]*+|(?P<words>{_WORDS}))<(?P<uri>[^<>]*+)>")
# The same in one step, where no escape stands and no blank that could be left out.
_USUAL_NAME_ADDR = re.compile(rf'(?:"([\x20\x21\x23-\x5b\x5d-\x7e]*+)" ?)?<({USUAL_URI})>{USUAL_PARAMS}')
# addr-spec as a header value: "if the URI contains a comma, question mark or semicolon, the URI MUST be
# enclosed in angle brackets" (§20), so it ends at the first of them.
_ADDR_SPEC = re.compile(r"[ \t]*+(?P<uri>[A-Za-z][A-Za-z0-9+.\-]*+:[^;,?<>\" \t]++)")
# AudioCodes' manual: To: <sip: ContactUser@HostName >
_BLANK_BEHIND_SCHEME = re.compile(r"([Ss][Ii][Pp][Ss]?:)[ \t]++")
# qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
_QVALUE = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")

MAX_DELTA_SECONDS = 2**32 - 1
_MALFORMED_EXPIRES = timedelta(seconds=3600)


class NameAddr(NamedTuple):
    """One address with the header's parameters (§20.10).

    *display_name* is without quotes and escapes, ``""`` where there is none.
    """

    uri: Uri
    display_name: str = ""
    params: Mapping[str, str] = MappingProxyType({})

    def __str__(self) -> str:
        name = f"{quote(self.display_name)} " if self.display_name else ""
        return f"{name}<{self.uri}>{write_params(self.params)}"

    @property
    def tag(self) -> str:
        """The dialog's tag, ``""`` for RFC 2543's clients that give none."""
        return self.params.get("tag", "")

    @property
    def sip_user(self) -> str | None:
        """The unescaped user part of a SIP URI."""
        return self.uri.user if isinstance(self.uri, SipUri) else None

    @property
    def address_of_record(self) -> str:
        """Of a To value: its URI without port, parameters and headers (§10.3 step 5)."""
        uri = self.uri
        return f"{uri.scheme}:{uri.user}@{uri.host}" if isinstance(uri, SipUri) else str(uri)

    @property
    def expires(self) -> timedelta | None:
        """The ``expires`` parameter of a Contact."""
        return parse_expires(self.params["expires"]) if "expires" in self.params else None


def _read_name_addr(text: str) -> NameAddr:
    """Read a From or To value.

    Without ``<>`` every parameter belongs to the header, not to the URI.

    Raises:
        SipSyntaxError: the only exception, whatever *text* holds.
    """
    if len(text) <= USUAL_LENGTH:
        usual = _USUAL_NAME_ADDR.fullmatch(text)
        if usual is not None:
            name, uri, user, host, port, uri_params, params = usual.groups("")
            return NameAddr(read_usual_uri(uri, user, host, port, uri_params), name, read_usual_params(params))
    bare = _ADDR_SPEC.match(text)
    if bare is not None:
        return NameAddr(parse_uri(bare["uri"]), "", parse_params(text, bare.end()))
    match = _NAME_ADDR.match(text)
    if match is None:
        raise SipSyntaxError("Malformed Address")
    quoted, words, uri = match.groups()
    if " " in uri or "\t" in uri:
        uri = _BLANK_BEHIND_SCHEME.sub(r"\1", uri.rstrip(BLANKS), count=1)
    display_name = unquote(quoted) if quoted else readable(words.strip(BLANKS))
    return NameAddr(parse_uri(uri), display_name, parse_params(text, match.end()))


parse_name_addr = remembered(texts=16)(_read_name_addr)  # a phone says it again when it answers the 401


@remembered(texts=16)
def parse_contacts(text: str) -> tuple[NameAddr, ...]:
    """Read a Contact field that is not ``*`` alone: contact-param *(COMMA contact-param) (§20.10).

    Raises:
        SipSyntaxError: the only exception, whatever *text* holds.
    """
    try:
        return (parse_contact(text),)  # all that most phones have
    except SipSyntaxError:
        elements = split_list(text)
    if "*" in elements:
        raise SipSyntaxError("* Beside Others")
    return tuple(parse_contact(element) for element in elements)


def parse_contact(text: str) -> NameAddr:
    """Read one Contact value; its ``q`` is held to the grammar.

    Raises:
        SipSyntaxError: the only exception.
    """
    contact = _read_name_addr(text)
    if "q" in contact.params and _QVALUE.fullmatch(contact.params["q"]) is None:
        raise SipSyntaxError("Malformed q In Contact")
    return contact


@remembered(texts=64)
def parse_expires(text: str) -> timedelta:
    """``delta-seconds``; malformed values count as 3600 (§20.10), a googol as 2**32-1."""
    try:
        return timedelta(seconds=parse_number(text, ceiling=MAX_DELTA_SECONDS))
    except SipSyntaxError:
        return _MALFORMED_EXPIRES
