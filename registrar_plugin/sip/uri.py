"""URIs: SIP and SIPS read to the last parameter, all others kept as they are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import USUAL_LENGTH, readable
from registrar_plugin.sip.host import HOST, USUAL_HOST_PORT, parse_host, parse_port, write_host_port
from registrar_plugin.sip.remembered import remembered

# unreserved = alphanum / mark;  mark = "-" / "_" / "." / "!" / "~" / "*" / "'" / "(" / ")"
_UNRESERVED = r"A-Za-z0-9\-_.!~*'()"
# escaped = "%" HEXDIG HEXDIG
_ESCAPED = "%[0-9A-Fa-f]{2}"
# user     = 1*( unreserved / escaped / user-unreserved );  user-unreserved = "&=+$,;?/"
_USER = rf"(?:[{_UNRESERVED}&=+$,;?/]++|{_ESCAPED})+"
# password = *( unreserved / escaped / "&" / "=" / "+" / "$" / "," )
_PASSWORD = rf"(?:[{_UNRESERVED}&=+$,]++|{_ESCAPED})*"
# paramchar = param-unreserved / unreserved / escaped;  param-unreserved = "[" / "]" / "/" / ":" / "&" / "+" / "$"
_PARAM_TEXT = rf"(?:[{_UNRESERVED}\[\]/:&+$]++|{_ESCAPED})+"
# headers = "?" header *( "&" header );  header = hname "=" hvalue, of which hvalue may be empty
# hnv-unreserved = "[" / "]" / "/" / "?" / ":" / "+" / "$"
_HEADER_TEXT = rf"(?:[{_UNRESERVED}\[\]/?:+$]++|{_ESCAPED})"
_HEADER = rf"{_HEADER_TEXT}+={_HEADER_TEXT}*"
# SIP-URI = "sip:" [ userinfo ] hostport uri-parameters [ headers ];  userinfo = user [ ":" password ] "@"
_SIP_URI = re.compile(
    rf"(?P<scheme>[Ss][Ii][Pp][Ss]?):"
    rf"(?:(?P<user>{_USER})(?::(?P<password>{_PASSWORD}))?@)?"
    rf"(?P<host>{HOST})(?::(?P<port>[0-9]++))?"
    rf"(?P<params>(?:;{_PARAM_TEXT}(?:={_PARAM_TEXT})?)*)"
    rf"(?:\?(?P<headers>{_HEADER}(?:&{_HEADER})*))?"
)
# The same in one step, without escapes, password and headers: what phones write.
USUAL_URI = (
    rf"sip:(?:([{_UNRESERVED}&=+$,;?/]++)@)?{USUAL_HOST_PORT}"
    rf"((?:;[{_UNRESERVED}\[\]/:&+$]++(?:=[{_UNRESERVED}\[\]/:&+$]++)?)*)"
)
_USUAL_URI = re.compile(USUAL_URI)
_SIP_SCHEME = re.compile(r"[Ss][Ii][Pp][Ss]?:")
# absoluteURI = scheme ":" ( hier-part / opaque-part );  scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
_ABSOLUTE_URI = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*+):[!#-;=?-~]++")
_MUST_MATCH = ("user", "ttl", "method", "maddr", "transport")


class SipUri(NamedTuple):
    """A ``sip:`` or ``sips:`` URI (§19.1).

    *user* and *params* are unescaped, *host* is without brackets; *text* is the URI as it was written, for a phone
    that looks for its own Contact by comparing characters.

    What every message is read into is a NamedTuple, here and in the other modules of ``sip``: it is made in a third of
    the time of a frozen dataclass, which is a tenth of the time of reading a REGISTER.
    """

    text: str
    scheme: str
    user: str | None
    host: str
    port: int | None = None
    params: Mapping[str, str] = MappingProxyType({})
    password: str | None = None
    headers: str = ""

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"SipUri({self.text!r})"

    def without_headers(self) -> "SipUri":
        """The same for a Request-URI, where headers may not stand (§19.1.1)."""
        if not self.headers:
            return self
        return self._replace(text=self.text.removesuffix(f"?{self.headers}"), headers="")

    def is_equivalent(self, other: "SipUri") -> bool:
        """Whether both name the same resource (§19.1.4): no port is not port 5060, an unknown parameter may lack."""
        return (
            (self.scheme, self.user, self.password, self.port) == (other.scheme, other.user, other.password, other.port)
            and self.host.lower() == other.host.lower()
            and self.headers == other.headers
            and _params_agree(self.params, other.params)
        )


@dataclass(frozen=True, slots=True)
class OtherUri:
    """A URI of another scheme (``tel:``, ``http:``), kept as it is; *scheme* is in lower case."""

    text: str
    scheme: str

    def __str__(self) -> str:
        return self.text


Uri = SipUri | OtherUri


@remembered(texts=64)  # all phones register at one registrar
def parse_uri(text: str) -> Uri:
    """Read an ``addr-spec`` (§25.1).

    Raises:
        SipSyntaxError: the only exception, whatever *text* holds.
    """
    if len(text) <= USUAL_LENGTH:
        usual = _USUAL_URI.fullmatch(text)
        if usual is not None:
            return read_usual_uri(text, *usual.groups(""))
    match = _SIP_URI.fullmatch(text)
    if match is None:
        return _parse_other_uri(text)
    scheme, user, password, host, port, params, headers = match.groups()
    return SipUri(
        text,
        scheme.lower(),
        None if user is None else _unescape(user),
        parse_host(host),
        parse_port(port),
        _parse_uri_params(params) if params else {},
        None if password is None else _unescape(password),
        headers or "",
    )


def read_usual_uri(text: str, user: str, host: str, port: str, params: str) -> SipUri:
    """The URI of which ``USUAL_URI`` found these parts."""
    return SipUri(
        text, "sip", user or None, host, int(port) if port else None, _parse_uri_params(params) if params else {}
    )


def sip_uri(host: str, *, user: str | None = None, port: int | None = None) -> SipUri:
    """A ``sip:`` URI of our own."""
    userinfo = "" if user is None else quote_from_bytes(user.encode(), safe="-_.!~*'()&=+$,;?/") + "@"
    return SipUri(f"sip:{userinfo}{write_host_port(host, port)}", "sip", user, host, port)


def _parse_other_uri(text: str) -> OtherUri:
    if _SIP_SCHEME.match(text) is not None:
        raise SipSyntaxError("Malformed SIP URI")
    match = _ABSOLUTE_URI.fullmatch(text)
    if match is None:
        raise SipSyntaxError("Malformed URI")
    return OtherUri(text, match["scheme"].lower())


@remembered(texts=64)  # most say ``;transport=`` and no more
def _parse_uri_params(text: str) -> Mapping[str, str]:
    """``;name=value`` again and again; a name stands there once (§19.1.1)."""
    params: dict[str, str] = {}
    for item in text.split(";")[1:]:
        name, _, value = item.partition("=")
        name = _unescape(name).lower()
        if name in params:
            raise SipSyntaxError("URI Parameter Given Twice")
        params[name] = _unescape(value)
    return params


def _unescape(text: str) -> str:
    return readable(unquote_to_bytes(text).decode("utf-8", "surrogateescape")) if "%" in text else text


def _params_agree(mine: Mapping[str, str], others: Mapping[str, str]) -> bool:
    if any((name in mine) != (name in others) for name in _MUST_MATCH):
        return False
    return all(value.lower() == others.get(name, value).lower() for name, value in mine.items())
