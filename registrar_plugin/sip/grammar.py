"""Terminals of RFC 3261 §25.1 that several headers share.

Every pattern is tried at one position, its alternatives begin with different characters, and runs of characters are
possessive, so that reading is linear in the length of the text, whoever wrote it. (Groups are not possessive:
Python 3.11.2, Debian 12's, gets ``(?:...)*+`` wrong.)
Text is decoded as UTF-8 with ``surrogateescape``: what we copy into a response leaves with the bytes it came with.
"""

import re
from collections.abc import Mapping

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.remembered import remembered

BLANKS = " \t"
"""LWS, once the lines are unfolded."""

# token = 1*(alphanum / "-" / "." / "!" / "%" / "*" / "_" / "+" / "`" / "'" / "~" )
_TOKEN_CHARS = r"A-Za-z0-9\-.!%*_+`'~"  # noqa: S105 - a grammar's token, not a secret
TOKEN = rf"[{_TOKEN_CHARS}]++"
# quoted-string = SWS DQUOTE *(qdtext / quoted-pair) DQUOTE
# qdtext        = LWS / %x21 / %x23-5B / %x5D-7E / UTF8-NONASCII
# quoted-pair   = "\" (%x00-09 / %x0B-0C / %x0E-7F)
QUOTED_STRING = r'"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\U0010ffff]++|\\[\x00-\x09\x0b\x0c\x0e-\x7f])*"'
# gen-value = token / host / quoted-string
_GEN_VALUE = rf"{QUOTED_STRING}|[{_TOKEN_CHARS}\[\]:]++"
# generic-param = token [ EQUAL gen-value ], each behind SEMI
_PARAM = re.compile(rf"[ \t]*+;[ \t]*+({TOKEN})(?:[ \t]*+=[ \t]*+({_GEN_VALUE}))?")
# The same in one step, without blanks and IPv6 addresses: what phones write.
USUAL_PARAMS = rf"((?:;{TOKEN}(?:=(?:{TOKEN}|{QUOTED_STRING}))?)*)"
USUAL_LENGTH = 255
"""Characters of a value that may be read in one step: then no host in it is too long."""
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_LIST_ELEMENT = re.compile(rf'((?:[^",<]++|{QUOTED_STRING}|<[^<>]*+>)*)(,|\Z)')
_WHOLE_TOKEN = re.compile(TOKEN)
_PLAIN_VALUE = re.compile(rf"[{_TOKEN_CHARS}\[\]:]++")
_ENOUGH_DIGITS = 15
"""A number that has more of them is above every ceiling here."""


def is_token(text: str) -> bool:
    """Whether *text* is a ``token``."""
    return _WHOLE_TOKEN.fullmatch(text) is not None


def readable(text: str) -> str:
    """*text* for eyes: where it was not UTF-8 on the wire, its bytes are taken as Latin-1."""
    if text.isascii():
        return text
    data = text.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def unquote(quoted: str) -> str:
    """What a ``quoted-string`` says, without its quotes and escapes."""
    inner = quoted[1:-1]
    return readable(_QUOTED_PAIR.sub(r"\1", inner) if "\\" in inner else inner)


def quote(text: str) -> str:
    """*text* as a ``quoted-string``; line ends become blanks, for no escape can carry them."""
    if '"' not in text and "\\" not in text and "\r" not in text and "\n" not in text:
        return f'"{text}"'  # nearly always
    flat = text.replace("\r", " ").replace("\n", " ")
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse_params(text: str, position: int = 0) -> Mapping[str, str]:
    """The ``;name=value`` list that fills the rest of *text*; names in lower case, no value as ``""``.

    Raises:
        SipSyntaxError: also for a name that stands there twice (§7.3.1).
    """
    params: dict[str, str] = {}
    end = len(text)
    while position < end:
        match = _PARAM.match(text, position)
        if match is None:
            if text[position:].strip(BLANKS):
                raise SipSyntaxError("Malformed Parameters")
            break
        name, value = match.groups("")
        name = name.lower()
        if name in params:
            raise SipSyntaxError("Parameter Given Twice")
        params[name] = unquote(value) if value[:1] == '"' else value
        position = match.end()
    return params


def read_usual_params(text: str) -> Mapping[str, str]:
    """The parameters that ``USUAL_PARAMS`` found.

    Raises:
        SipSyntaxError: a name stands there twice.
    """
    if '"' in text:
        return _parse_quoted_params(text)
    params: dict[str, str] = {}
    if text:
        for item in text[1:].split(";"):
            name, _, value = item.partition("=")
            name = name.lower()
            if name in params:
                raise SipSyntaxError("Parameter Given Twice")
            params[name] = value
    return params


@remembered(texts=64)  # all phones of a model list the same methods
def _parse_quoted_params(text: str) -> Mapping[str, str]:
    return parse_params(text)


def write_params(params: Mapping[str, str]) -> str:
    """The inverse of ``parse_params``."""
    return "".join(f";{name}={_write_value(value)}" if value else f";{name}" for name, value in params.items())


def _write_value(value: str) -> str:
    return value if _PLAIN_VALUE.fullmatch(value) else quote(value)


def split_list(text: str) -> list[str]:
    """The elements of a comma-separated header value; commas in quotes and in ``<>`` part nothing (§7.3.1).

    Raises:
        SipSyntaxError: a quote or a bracket is not closed, or an element is empty.
    """
    only = text.strip(BLANKS)
    if only and "," not in only and '"' not in only and "<" not in only:  # a Via, nearly always
        return [only]
    elements: list[str] = []
    position, comma = 0, ","
    while comma:
        match = _LIST_ELEMENT.match(text, position)
        if match is None:
            raise SipSyntaxError("Quote Or Bracket Not Closed")
        element, comma = match[1].strip(BLANKS), match[2]
        if not element:
            raise SipSyntaxError("Empty List Element")
        elements.append(element)
        position = match.end()
    return elements


def parse_number(text: str, *, ceiling: int) -> int:
    """``1*DIGIT``, capped at *ceiling*: a number of sixty thousand digits costs no arithmetic.

    Raises:
        SipSyntaxError: anything but digits.
    """
    if not (text.isascii() and text.isdigit()):
        raise SipSyntaxError("Malformed Number")
    number = int(text if len(text) <= _ENOUGH_DIGITS else text.lstrip("0")[:_ENOUGH_DIGITS] or "0")
    return number if number < ceiling else ceiling
