"""REGISTERs in all the shapes that RFC 3261 allows and phones use, each with what stands in it.

Every shape is a VVX's REGISTER with one thing changed, and so is what must be read in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from registrar_plugin.sip.grammar import quote
from tests.peers.polycom import DOMAIN, USER, USER_AGENT, register
from tests.registrar_plugin.reading import Address, Reading

VVX = register()
READ = Reading(
    method="REGISTER",
    from_=Address("KTM4PX-0004f2abcdef", USER, DOMAIN),
    to=Address("", USER, DOMAIN),
    call_id="c7f6bc72e0778e72",
    cseq=1,
    contacts=(Address("", USER, "192.0.2.31", 5060),),
    is_wildcard=False,
    expires="300",
    user_agent=USER_AGENT,
    branch="z9hG4bKone",
    via_count=1,
)
FROM = f'"KTM4PX-0004f2abcdef" <sip:{USER}@{DOMAIN}>;tag=F87D2248-BCC05E87'
CONTACT = f"<sip:{USER}@192.0.2.31:5060>"
_URI = f"<sip:{USER}@{DOMAIN}>;tag=1"
VIA = "SIP/2.0/UDP 192.0.2.31:5060;branch=z9hG4bKone"
_INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-0004F2ABCDEF>"'


@dataclass(frozen=True, slots=True)
class Shape:
    """A message and what stands in it."""

    data: bytes
    expected: Reading


def changed(old: str, new: str | bytes, **read: Any) -> Shape:
    """The VVX's REGISTER with *new* for *old*, and the values that are read differently."""
    assert VVX.count(old.encode()) == 1, old
    data = VVX.replace(old.encode(), new if isinstance(new, bytes) else new.encode())
    return Shape(data, replace(READ, **read))


def named(before_uri: str | bytes, display_name: str) -> Shape:
    """Another display name in From, as it is written up to the ``<``."""
    written = before_uri if isinstance(before_uri, bytes) else before_uri.encode()
    return changed(FROM, written + _URI.encode(), from_=Address(display_name, USER, DOMAIN))


def reached(contact: str, *addresses: Address, **read: Any) -> Shape:
    """Another Contact."""
    return changed(CONTACT, contact, contacts=addresses, **read)


def edited(old: str, new: str) -> Shape:
    """Another spelling of the same."""
    return changed(old, new)


def signed(username: str, *, realm: str = "r", nonce: str = "n", uri: str = '"sip:h"', rest: str = "") -> Shape:
    """With an Authorization; *rest* is appended to its parameters."""
    names = f"username={quote(username)}, realm={quote(realm)},nonce={quote(nonce)}"
    value = f'Digest {names} , uri={uri}, response="f0"{rest}'
    line = f"Authorization: {value}\r\nMax-Forwards"
    return changed("Max-Forwards", line, digest=(username, realm, nonce, uri.strip('"'), "f0"))


_A = Address("", "a", "192.0.2.1")
_B = Address("", "b", "192.0.2.2")

SHAPES: Mapping[str, Shape] = {
    # display names (§25.1 display-name, quoted-string, §7.3.1)
    "name: quotes and backslashes escaped": named(r'"Quote \" and \\ and \x" ', 'Quote " and \\ and x'),
    "name: escaped quote at the end": named(r'"a\"" ', 'a"'),
    "name: escaped backslash at the end": named(r'"a\\" ', "a\\"),
    "name: comma in quotes": named('"Bell, Alexander" ', "Bell, Alexander"),
    "name: two commas in quotes": named('"a,,b" ', "a,,b"),
    "name: brackets in quotes": named('"<sip:x@y>" ', "<sip:x@y>"),
    "name: closing bracket in quotes": named('"a > b" ', "a > b"),
    "name: opening bracket in quotes": named('"a < b" ', "a < b"),
    "name: comma and bracket in quotes": named('"a, <b" ', "a, <b"),
    "name: parameter in quotes": named('"x;tag=no" ', "x;tag=no"),
    "name: address in quotes": named('"sip:x@y" ', "sip:x@y"),
    "name: no blank behind quotes": named('"name"', "name"),
    "name: tab behind quotes": named('"name"\t', "name"),
    "name: blanks within quotes": named('"  a  b " ', "  a  b "),
    "name: tab within quotes": named('"a\tb" ', "a\tb"),
    "name: empty quotes": named('"" ', ""),
    "name: token": named("caller ", "caller"),
    "name: token without a blank": named("caller", "caller"),
    "name: several tokens": named("A. G. Bell ", "A. G. Bell"),
    "name: token of all characters": named("-.!%*_+`'~ ", "-.!%*_+`'~"),
    "name: none": named("", ""),
    "name: UTF-8": named('"Jürgen" ', "Jürgen"),
    "name: UTF-8 of four octets": named('"\N{TELEPHONE RECEIVER} 7" ', "\N{TELEPHONE RECEIVER} 7"),
    "name: Latin-1": named(b'"J\xfcrgen" ', "Jürgen"),
    "name: UTF-8 without quotes": named("Jürgen ", "Jürgen"),
    "name: Latin-1 without quotes": named(b"J\xfcrgen ", "Jürgen"),
    # addresses
    "from: addr-spec without brackets": changed(FROM, f"sip:{USER}@{DOMAIN};tag=1", from_=Address("", USER, DOMAIN)),
    "from: blanks around the parameter": edited(">;tag=F87D2248-BCC05E87", "> ; tag = F87D2248-BCC05E87"),
    "from: parameter in capitals": edited(";tag=F87D2248", ";TAG=F87D2248"),
    "from: parameter in quotes": edited(";tag=F87D2248", ';x="a;b,c<d>";tag=F87D2248'),
    "contact: quoted name with comma": reached('"a, b" <sip:a@192.0.2.1>', replace(_A, display_name="a, b")),
    "contact: none": changed(f"Contact: {CONTACT}\r\n", "", contacts=()),
    "contact: star": changed(CONTACT, "*", contacts=(), is_wildcard=True),
    "contact: star between blanks": changed(CONTACT, "  *  ", contacts=(), is_wildcard=True),
    "contact: addr-spec without brackets": reached("sip:a@192.0.2.1", _A),
    "contact: addr-spec with parameters": reached("sip:a@192.0.2.1;expires=60;q=0.5", _A),
    "contact: in one line": reached("<sip:a@192.0.2.1>, <sip:b@192.0.2.2>", _A, _B),
    "contact: in one line without blanks": reached("<sip:a@192.0.2.1>,<sip:b@192.0.2.2>;q=0.1", _A, _B),
    "contact: addr-specs in one line": reached("sip:a@192.0.2.1, sip:b@192.0.2.2", _A, _B),
    "contact: in several lines": reached("<sip:a@192.0.2.1>\r\nContact: <sip:b@192.0.2.2>", _A, _B),
    "contact: in lines apart": changed(
        "Max-Forwards: 70\r\n",
        "Max-Forwards: 70\r\nm: <sip:b@192.0.2.2>\r\n",
        contacts=(*READ.contacts, _B),
    ),
    "contact: quoted names in one line": reached(
        '"a, <b>" <sip:a@192.0.2.1>, "\\"" <sip:b@192.0.2.2>',
        replace(_A, display_name="a, <b>"),
        replace(_B, display_name='"'),
    ),
    "contact: list of methods": reached('<sip:a@192.0.2.1>;methods="INVITE, ACK, BYE"', _A),
    "contact: instance": reached(f"<sip:a@192.0.2.1>;{_INSTANCE}", _A),
    "contact: instance and another": reached(f"<sip:a@192.0.2.1>;{_INSTANCE}, <sip:b@192.0.2.2>", _A, _B),
    "contact: tel": reached("<tel:+49-30-1234>", Address("", "tel:+49-30-1234", "")),
    "contact: tel beside sip": reached("<tel:+49-30-1234>, <sip:a@192.0.2.1>", Address("", "tel:+49-30-1234", ""), _A),
    "contact: mailto": reached("<mailto:a@example.com>", Address("", "mailto:a@example.com", "")),
    # URIs (§19.1)
    "uri: sips": reached("<sips:a@192.0.2.1>", _A),
    "uri: scheme in capitals": reached("<SIP:a@192.0.2.1>", _A),
    "uri: no user": reached("<sip:192.0.2.1:5062>", Address("", None, "192.0.2.1", 5062)),
    "uri: password": reached("<sip:a:secret@192.0.2.1>", _A),
    "uri: parameters": reached("<sip:a@192.0.2.1;transport=udp;line=x-1;ob>", _A),
    "uri: headers": reached("<sip:a@192.0.2.1?subject=x&to=y%40z>", _A),
    "uri: comma in the user": reached("<sip:a,b@192.0.2.1>", replace(_A, user="a,b")),
    "uri: semicolon in the user": reached("<sip:a;b=c@192.0.2.1>", replace(_A, user="a;b=c")),
    "uri: slash and question mark in the user": reached("<sip:a/b?c@192.0.2.1>", replace(_A, user="a/b?c")),
    "uri: escapes in capitals": reached(f"<sip:%7E%7Eid%7Eautoprovision@{DOMAIN}>", Address("", USER, DOMAIN)),
    "uri: escapes in small letters": reached(f"<sip:%7e%7eid~autoprovision@{DOMAIN}>", Address("", USER, DOMAIN)),
    "uri: escaped at": reached("<sip:a%40b@192.0.2.1>", replace(_A, user="a@b")),
    "uri: escaped colon": reached("<sip:a%3Ab@192.0.2.1>", replace(_A, user="a:b")),
    "uri: escaped per cent": reached("<sip:a%2541@192.0.2.1>", replace(_A, user="a%41")),
    "uri: escaped UTF-8": reached("<sip:j%C3%BCrgen@192.0.2.1>", replace(_A, user="jürgen")),
    "uri: IPv6": reached("<sip:a@[2001:db8::1]>", Address("", "a", "[2001:db8::1]")),
    "uri: IPv6 with port": reached("<sip:a@[2001:db8::1]:5070>", Address("", "a", "[2001:db8::1]", 5070)),
    "uri: IPv6 without user": reached("<sip:[2001:db8::1]:5070>", Address("", None, "[2001:db8::1]", 5070)),
    "uri: IPv6 without brackets around": reached(
        "sip:a@[2001:db8::1]:5070;q=1", Address("", "a", "[2001:db8::1]", 5070)
    ),
    "uri: IPv6 with an IPv4 address": reached("<sip:a@[::ffff:192.0.2.1]>", Address("", "a", "[::ffff:192.0.2.1]")),
    "uri: host of one label": reached("<sip:a@phone>", Address("", "a", "phone")),
    "uri: host ends in a digit": reached("<sip:a@phone.example2>", Address("", "a", "phone.example2")),
    "uri: host of one label ends in a digit": reached("<sip:a@phone7:5062>", Address("", "a", "phone7", 5062)),
    "uri: host begins with a digit": reached("<sip:a@3com.example.com>", Address("", "a", "3com.example.com")),
    "uri: host ends in a dot": reached("<sip:a@example.com.>", Address("", "a", "example.com.")),
    "uri: host in capitals": reached("<sip:a@Phone.EXAMPLE.com>", Address("", "a", "Phone.EXAMPLE.com")),
    # header fields (§7.3)
    "headers: compact forms": Shape(
        VVX.replace(b"Via:", b"v:")
        .replace(b"From:", b"f:")
        .replace(b"To:", b"t:")
        .replace(b"Call-ID:", b"i:")
        .replace(b"Contact:", b"m:")
        .replace(b"Content-Length:", b"l:"),
        READ,
    ),
    "headers: compact forms in capitals": edited("Contact:", "M:"),
    "headers: capitals": edited("From:", "FROM:"),
    "headers: small letters": edited("Call-ID:", "call-id:"),
    "headers: blank before the colon": edited("From:", "From :"),
    "headers: blanks and tabs around the colon": edited("Contact: ", "Contact \t : \t "),
    "headers: no blank behind the colon": Shape(VVX.replace(b": ", b":"), READ),
    "headers: blanks at the end": edited("\r\nExpires: 300", " \t \r\nExpires: 300  "),
    "headers: folded": edited(FROM, FROM.replace(" <", "\r\n <").replace(";tag", "\r\n\t;tag")),
    "headers: folded behind the colon": edited("From: ", "From:\r\n  "),
    "headers: folded within quotes": named('"a\r\n b" ', "a b"),
    "headers: folded list": reached("<sip:a@192.0.2.1>,\r\n <sip:b@192.0.2.2>", _A, _B),
    "headers: folded before the comma": reached("<sip:a@192.0.2.1>\r\n , <sip:b@192.0.2.2>", _A, _B),
    "headers: LF alone": Shape(VVX.replace(b"\r\n", b"\n"), READ),
    "headers: LF alone and folded": Shape(VVX.replace(b" <sip:", b"\n\t<sip:", 1).replace(b"\r\n", b"\n"), READ),
    "headers: empty lines first": Shape(b"\r\n\r\n" + VVX, READ),
    "headers: unknown and empty": edited("Accept-Language: en", "X-Empty:\r\nX-Colons: a:b, c"),
    "headers: no Expires": changed("Expires: 300\r\n", "", expires=None),
    "headers: no User-Agent": changed(f"User-Agent: {USER_AGENT}\r\n", "", user_agent=""),
    "headers: User-Agent with a comment": changed(USER_AGENT, "a/1 (b, c; d)", user_agent="a/1 (b, c; d)"),
    "headers: User-Agent with UTF-8": changed(USER_AGENT, "Téléphone/1", user_agent="Téléphone/1"),
    "headers: Call-ID with a host": changed("c7f6bc72e0778e72", "a{b}<c>@192.0.2.31", call_id="a{b}<c>@192.0.2.31"),
    "headers: CSeq between blanks": edited("CSeq: 1 REGISTER", "CSeq:  1 \t REGISTER "),
    "headers: CSeq with noughts": changed("CSeq: 1", "CSeq: 0009", cseq=9),
    "headers: Content-Length left out": edited("Content-Length: 0\r\n", ""),
    "headers: octets behind the body": Shape(VVX + b"REGISTER sip:h SIP/2.0\r\n\r\n", READ),
    "headers: body": Shape(VVX.replace(b"Length: 0\r\n", b"Length: 4\r\nContent-Type: text/plain\r\n") + b"body", READ),
    "headers: version in small letters": edited(" SIP/2.0\r\n", " sip/2.0\r\n"),
    # Authorization (§20.7)
    "digest: plain": signed("a"),
    "digest: of RFC 2617": signed("a", rest=', algorithm=MD5, qop=auth, cnonce="c", nc=00000001'),
    "digest: no blank behind the comma": signed("a", rest=',algorithm=md5,opaque="x"'),
    "digest: comma in the user name": signed("Bell, Alexander"),
    "digest: comma in the nonce": signed("a", nonce="n,1"),
    "digest: comma in the realm": signed("a", realm="r, s"),
    "digest: quotes and backslash in the realm": signed("a", realm='r "x" \\'),
    "digest: equals sign in the realm": signed("a", realm="r=1"),
    "digest: uri without quotes": signed("a", uri="sip:h"),
    # Via (§20.42)
    "via: several in one line": changed(VIA, f"{VIA}, SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKtwo", via_count=2),
    "via: several lines": changed(VIA, f"{VIA}\r\nV: SIP/2.0/TCP 192.0.2.9:5060", via_count=2),
    "via: blanks around the signs": edited(VIA, "SIP / 2.0 / UDP 192.0.2.31 : 5060 ; branch = z9hG4bKone"),
    "via: IPv6": edited("192.0.2.31:5060;branch", "[2001:db8::9:1];received=2001:db8::9:255;branch"),
    "via: comma in quotes": edited(";branch=z9hG4bKone", ';x="a, b";branch=z9hG4bKone'),
    "via: rport": edited(";branch=z9hG4bKone", ";rport;branch=z9hG4bKone;alias"),
    "via: no branch": changed(";branch=z9hG4bKone", "", branch=""),
}
