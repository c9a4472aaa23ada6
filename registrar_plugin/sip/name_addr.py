"""Values of From, To and Contact."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import (
    BLANKS,
    QUOTED_STRING,
    parse_number,
    parse_params,
    quote,
    readable,
    unquote,
    write_params,
)
from registrar_plugin.sip.remembered import remembered
from registrar_plugin.sip.uri import SipUri, Uri, parse_uri

# name-addr    = [ display-name ] LAQUOT addr-spec RAQUOT
# display-name = *(token LWS) / quoted-string
# Wider than the ABNF: words that are not ASCII stand there unquoted, too.
_WORDS = r"[A-Za-z0-9\-.!%*_+`'~\x80-\U0010ffff \t]*+"
_NAME_ADDR = re.compile(rf"[ \t]*+(?:(?P<quoted>{QUOTED_STRING})[ \t]*+|(?P<words>{_WORDS}))<(?P<uri>[^<>]*+)>")
# addr-spec as a header value: "if the URI contains a comma, question mark or semicolon, the URI MUST be
# enclosed in angle brackets" (§20), so it ends at the first of them.
_ADDR_SPEC = re.compile(r"[ \t]*+(?P<uri>[A-Za-z][A-Za-z0-9+.\-]*+:[^;,?<>\" \t]++)")
# AudioCodes' manual: To: <sip: ContactUser@HostName >
_BLANK_BEHIND_SCHEME = re.compile(r"([Ss][Ii][Pp][Ss]?:)[ \t]++")
# qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
_QVALUE = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")

MAX_DELTA_SECONDS = 2**32 - 1
_MALFORMED_EXPIRES = timedelta(seconds=3600)


@dataclass(frozen=True, slots=True)
class NameAddr:
    """One address with the header's parameters (§20.10).

    *display_name* is without quotes and escapes, ``""`` where there is none.
    """

    uri: Uri
    display_name: str = ""
    params: Mapping[str, str] = field(default_factory=dict[str, str])

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
    def expires(self) -> timedelta | None:
        """The ``expires`` parameter of a Contact."""
        return parse_expires(self.params["expires"]) if "expires" in self.params else None


@remembered(texts=2048)
def parse_name_addr(text: str) -> NameAddr:
    """Read one From, To or Contact value.

    Without ``<>`` every parameter belongs to the header, not to the URI.

    Raises:
        SipSyntaxError: the only exception, whatever *text* holds.
    """
    bare = _ADDR_SPEC.match(text)
    if bare is not None:
        return NameAddr(parse_uri(bare["uri"]), params=parse_params(text, bare.end()))
    match = _NAME_ADDR.match(text)
    if match is None:
        raise SipSyntaxError("Malformed Address")
    quoted, words, uri = match.groups()
    if " " in uri or "\t" in uri:
        uri = _BLANK_BEHIND_SCHEME.sub(r"\1", uri.rstrip(BLANKS), count=1)
    display_name = unquote(quoted) if quoted else readable(words.strip(BLANKS))
    return NameAddr(parse_uri(uri), display_name, parse_params(text, match.end()))


def parse_contact(text: str) -> NameAddr:
    """Read one Contact value; its ``q`` is held to the grammar.

    Raises:
        SipSyntaxError: the only exception.
    """
    contact = parse_name_addr(text)
    if "q" in contact.params and _QVALUE.fullmatch(contact.params["q"]) is None:
        raise SipSyntaxError("Malformed q In Contact")
    return contact


def parse_expires(text: str) -> timedelta:
    """``delta-seconds``; malformed values count as 3600 (§20.10), a googol as 2**32-1."""
    try:
        return timedelta(seconds=parse_number(text, ceiling=MAX_DELTA_SECONDS))
    except SipSyntaxError:
        return _MALFORMED_EXPIRES
