"""REGISTERs that a registrar refuses, each with the status line that says what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.peers.polycom import DOMAIN, USER
from tests.registrar_plugin.shapes import CONTACT, FROM, VIA, VVX


@dataclass(frozen=True, slots=True)
class RefusedShape:
    """A message and the answer to it."""

    data: bytes
    reason: str
    status: int = 400


def _changed(old: str, new: str | bytes, reason: str, status: int = 400) -> RefusedShape:
    """The VVX's REGISTER with *new* for *old*."""
    assert VVX.count(old.encode()) == 1, old
    data = VVX.replace(old.encode(), new if isinstance(new, bytes) else new.encode())
    return RefusedShape(data, reason, status)


def _reached(contact: str, reason: str) -> RefusedShape:
    return _changed(CONTACT, contact, reason)


def _named(before_uri: str | bytes) -> RefusedShape:
    """A display name in From, as it is written up to the ``<``."""
    written = before_uri if isinstance(before_uri, bytes) else before_uri.encode()
    return _changed(FROM, written + f"<sip:{USER}@{DOMAIN}>;tag=1".encode(), "From: Malformed Address")


def _from(params: str, reason: str) -> RefusedShape:
    return _changed(";tag=F87D2248-BCC05E87", params, reason)


def _body(length: str, reason: str) -> RefusedShape:
    return _changed("Content-Length: 0\r\n\r\n", f"Content-Length{length}\r\n\r\nbody", reason)


_URI, _PARAMS, _BRACKET = "Malformed SIP URI", "Malformed Parameters", "Quote Or Bracket Not Closed"

_CONTACTS: Mapping[str, tuple[str, str]] = {
    # hosts: no zone (§25.1 IPv6address), noughts within IPv6 as RFC 5954 has it
    "host: zone": ("<sip:a@[fe80::1%25eth0]>", _URI),
    "host: zone unescaped": ("<sip:a@[fe80::1%eth0]>", _URI),
    "host: IPv6 without brackets": ("<sip:a@2001:db8::1>", _URI),
    "host: IPv6 of three colons": ("<sip:a@[2001:db8:::1]>", "Malformed IPv6 Address"),
    "host: IPv6 not closed": ("<sip:a@[2001:db8::1>", _URI),
    "host: IPv6 with an IPv4 address of noughts": ("<sip:a@[::ffff:192.000.2.1]>", "Malformed IPv6 Address"),
    "host: empty brackets": ("<sip:a@[]>", _URI),
    "host: three numbers": ("<sip:a@192.0.2>", "Malformed IPv4 Address"),
    "host: one number": ("<sip:a@3232235777>", "Malformed IPv4 Address"),
    "host: IPv4 and a dot": ("<sip:a@192.0.2.1.>", "Malformed IPv4 Address"),
    "host: last label of digits": ("<sip:a@phone.123>", "Malformed IPv4 Address"),
    "host: label ends in a hyphen": ("<sip:a@phone-.local>", "Malformed Host Name"),
    "host: two dots": ("<sip:a@a..b>", "Malformed Host Name"),
    "host: a dot": ("<sip:a@.>", "Malformed Host Name"),
    "host: escape": ("<sip:a@h%41>", _URI),
    "host: none": ("<sip:a@>", _URI),
    "host: blanks": ("<sip:a@h : 5060>", _URI),
    "port: nought": ("<sip:a@h:0>", "Port Out Of Range"),
    "port: 65536": ("<sip:a@h:65536>", "Port Out Of Range"),
    "port: none": ("<sip:a@h:>", _URI),
    "port: below nought": ("<sip:a@h:-1>", _URI),
    # users
    "user: empty": ("<sip:@h>", _URI),
    "user: two": ("<sip:a@b@h>", _URI),
    "user: two passwords": ("<sip:a:b:c@h>", _URI),
    "user: half an escape": ("<sip:a%4@h>", _URI),
    "user: escape of no digits": ("<sip:a%zz@h>", _URI),
    "user: per cent alone": ("<sip:a%@h>", _URI),
    "user: number sign": ("<sip:#21#@h>", _URI),
    "user: blank": ("<sip:a b@h>", _URI),
    "user: UTF-8": ("<sip:jürgen@h>", _URI),
    "user: backslash": ("<sip:a\\b@h>", _URI),
    "user: brackets": ("<sip:[a]@h>", _URI),
    "user: folded": ("<sip:a\r\n b@h>", _URI),
    # URIs
    "uri: scheme alone": ("<sip:>", _URI),
    "uri: no scheme": ("<a@h>", "Malformed URI"),
    "uri: nothing": ("<>", "Malformed URI"),
    "uri: blanks within the brackets": ("< sip:a@h >", "Malformed URI"),
    "uri: parameter twice": ("<sip:a@h;x=1;X=2>", "URI Parameter Given Twice"),
    "uri: parameter without value": ("<sip:a@h;x=>", _URI),
    "uri: parameter without name": ("<sip:a@h;;x>", _URI),
    "uri: parameter in quotes": ('<sip:a@h;x="y">', _URI),
    "uri: semicolon at the end": ("<sip:a@h;>", _URI),
    "uri: headers of nothing": ("<sip:a@h?>", _URI),
    "uri: header without equals sign": ("<sip:a@h?x>", _URI),
    "uri: header without name": ("<sip:a@h?=x>", _URI),
    "uri: ampersand at the end": ("<sip:a@h?x=y&>", _URI),
    "uri: bracket within brackets": ("<sip:a@h<b>>", _BRACKET),
    "uri: two": ("<sip:a@h><sip:b@h>", _PARAMS),
    "uri: not closed": ("<sip:a@h", _BRACKET),
    "uri: not opened": ("sip:a@h>", _PARAMS),
    # Contact
    "contact: text behind": ("<sip:a@h> x", _PARAMS),
    "contact: comment": ("<sip:a@h> (my phone)", _PARAMS),
    "contact: semicolon at the end": ("<sip:a@h>;", _PARAMS),
    "contact: parameter without name": ("<sip:a@h>;=x", _PARAMS),
    "contact: parameter without value": ("<sip:a@h>;expires=", _PARAMS),
    "contact: parameter twice": ("<sip:a@h>;expires=60;EXPIRES=90", "Parameter Given Twice"),
    "contact: URI in a parameter": ("<sip:a@h>;x=sip:b@h", _PARAMS),
    "contact: UTF-8 in a parameter": ("<sip:a@h>;x=ü", _PARAMS),
    "contact: quote not closed": ('<sip:a@h>;x="a', _BRACKET),
    "contact: q above one": ("<sip:a@h>;q=1.001", "Malformed q In Contact"),
    "contact: q of four digits": ("<sip:a@h>;q=0.1234", "Malformed q In Contact"),
    "contact: q without a nought": ("<sip:a@h>;q=.5", "Malformed q In Contact"),
    "contact: q below nought": ("<sip:a@h>;q=-1", "Malformed q In Contact"),
    "contact: q without value": ("<sip:a@h>;q", "Malformed q In Contact"),
    "contact: empty": ("", "Empty List Element"),
    "contact: empty besides another": (f"{CONTACT}\r\nContact:", "Empty List Element"),
    "contact: comma alone": (",", "Empty List Element"),
    "contact: comma first": (",<sip:a@h>", "Empty List Element"),
    "contact: comma last": ("<sip:a@h>,", "Empty List Element"),
    "contact: two commas": ("<sip:a@h>,,<sip:b@h>", "Empty List Element"),
    "contact: addr-spec with a question mark": ("sip:a@h?x=y", _PARAMS),
    "contact: addr-spec with a comma": ("sip:a,b@h", "Malformed Address"),
    "contact: addr-spec with a semicolon": ("sip:a;b@h", _PARAMS),
    "contact: addr-spec with a bracket": ("sip:a@h;x=<y>", _PARAMS),
    "contact: addr-spec with text behind": ("sip:a@h x", _PARAMS),
    "contact: addr-spec with a blank": ("sip: a@h", "Malformed Address"),
    "contact: star twice": ("*, *", "* Beside Others"),
    "contact: star first": ("*, <sip:a@h>", "* Beside Others"),
    "contact: star last": ("<sip:a@h>, *", "* Beside Others"),
    "contact: stars in lines": ("*\r\nContact: *", "* Beside Others"),
    "contact: star in another line": ("*\r\nm: <sip:a@h>", "* Beside Others"),
    "contact: star with a parameter": ("*;expires=0", "Malformed Address"),
    "contact: star in brackets": ("<*>", "Malformed URI"),
}

REFUSED_SHAPES: Mapping[str, RefusedShape] = {
    **{f"refused {name}": _reached(text, f"Contact: {reason}") for name, (text, reason) in _CONTACTS.items()},
    # names
    "refused name: quote not closed": _named('"a '),
    "refused name: quotes and a token": _named('"a" b '),
    "refused name: a token and quotes": _named('a "b" '),
    "refused name: comma": _named("Bell, A "),
    "refused name: semicolon": _named("a;b "),
    "refused name: at": _named("a@b "),
    "refused name: comment": _named("a (b) "),
    "refused name: slash": _named("a/b "),
    "refused name: brackets": _named("[a] "),
    "refused name: control character": _named(b'"a\x07b" '),
    "refused name: NUL": _named(b'"a\0b" '),
    "refused name: escaped UTF-8": _named('"a\\ü" '),
    # From and To
    "refused from: two": _changed(FROM, f"{FROM}, {FROM}", "From: Malformed Parameters"),
    "refused from: twice": _changed("To: ", "f: <sip:x@y>\r\nTo: ", "From Given Twice"),
    "refused from: empty tag": _from(";tag=", "From: Malformed Parameters"),
    "refused from: tag twice": _from(";tag=a;TAG=b", "From: Parameter Given Twice"),
    "refused from: parameter of nothing": _from(";;tag=b", "From: Malformed Parameters"),
    "refused from: text behind": _from(";tag=b junk", "From: Malformed Parameters"),
    "refused to: nothing": _changed(f"To: <sip:{USER}@{DOMAIN}>", "To:", "To: Malformed Address"),
    "refused to: none": _changed(f"To: <sip:{USER}@{DOMAIN}>\r\n", "", "To Missing"),
    "refused to: tel": _changed(f"To: <sip:{USER}@{DOMAIN}>", "To: <tel:+1>", "To: Not A SIP URI"),
    # lines
    "refused lines: no empty one": RefusedShape(VVX.removesuffix(b"\r\n"), "Headers Not Ended By An Empty Line"),
    "refused lines: CR in a value": _changed("Accept-Language: en", "X-Odd: e\rn", "Malformed Header Field"),
    "refused lines: blank in a name": _changed("Accept-Language", "Accept Language", "Malformed Header Field"),
    "refused lines: no name": _changed("Accept-Language: en", ": en", "Malformed Header Field"),
    "refused lines: no colon": _changed("Accept-Language: en", "Accept-Language en", "Malformed Header Field"),
    "refused lines: name of UTF-8": _changed("Accept-Language", "Äccept", "Malformed Header Field"),
    "refused lines: too many": _changed("Accept-Language: en\r\n", "X-Odd: y\r\n" * 300, "Too Many Header Fields", 513),
    # start line
    "refused start: tab": _changed("REGISTER sip:", "REGISTER\tsip:", "Malformed Request-Line"),
    "refused start: blank first": RefusedShape(b" " + VVX, "Malformed Request-Line"),
    "refused start: byte order mark": RefusedShape(b"\xef\xbb\xbf" + VVX, "Malformed Request-Line"),
    "refused start: star": _changed(f"REGISTER sip:{DOMAIN}", "REGISTER *", "Request-URI: Malformed URI"),
    "refused start: tel": _changed(f"REGISTER sip:{DOMAIN}", "REGISTER tel:+1", "Unsupported URI Scheme", 416),
    "refused start: port nought": _changed(f"R sip:{DOMAIN} ", f"R sip:{DOMAIN}:0 ", "Request-URI: Port Out Of Range"),
    "refused start: HTTP": _changed(" SIP/2.0\r\n", " HTTP/1.1\r\n", "Malformed SIP-Version"),
    "refused start: SIP/3.0": _changed(" SIP/2.0\r\n", " SIP/3.0\r\n", "Version Not Supported", 505),
    "refused start: SIP/2.00": _changed(" SIP/2.0\r\n", " SIP/2.00\r\n", "Version Not Supported", 505),
    "refused start: small letters": _changed("REGISTER sip:", "register sip:", "CSeq Method Is Not The Request's"),
    # numbers
    "refused cseq: 2**31": _changed("CSeq: 1 ", "CSeq: 2147483648 ", "CSeq Not Below 2**31"),
    "refused cseq: of many digits": _changed("CSeq: 1 ", f"CSeq: {'9' * 20} ", "CSeq Not Below 2**31"),
    "refused cseq: below nought": _changed("CSeq: 1 ", "CSeq: -1 ", "Malformed CSeq"),
    "refused cseq: no method": _changed("CSeq: 1 REGISTER", "CSeq: 1", "Malformed CSeq"),
    "refused cseq: no blank": _changed("CSeq: 1 REGISTER", "CSeq: 1REGISTER", "Malformed CSeq"),
    "refused cseq: twice": _changed("CSeq: 1 ", "CSeq: 1 REGISTER\r\nCSEQ: 2 ", "CSeq Given Twice"),
    "refused call-id: nothing": _changed("c7f6bc72e0778e72", "", "Malformed Call-ID"),
    "refused call-id: blank": _changed("c7f6bc72e0778e72", "a b", "Malformed Call-ID"),
    "refused call-id: UTF-8": _changed("c7f6bc72e0778e72", "ü", "Malformed Call-ID"),
    "refused call-id: twice": _changed("Call-ID: ", "i: x\r\nCall-ID: ", "Call-ID Given Twice"),
    "refused expires: twice": _changed("Expires: 300", "Expires: 1\r\nExpires: 2", "Expires Given Twice"),
    "refused max-forwards: below nought": _changed("Forwards: 70", "Forwards: -1", "Max-Forwards: Malformed Number"),
    "refused max-forwards: nothing": _changed("Forwards: 70", "Forwards:", "Max-Forwards: Malformed Number"),
    # Via: read or not, the answer finds its way back
    "refused via: port nought": _changed(VIA, VIA.replace("5060", "0"), "Via: Port Out Of Range"),
    "refused via: port 99999": _changed(VIA, VIA.replace("5060", "99999"), "Via: Port Out Of Range"),
    "refused via: zone": _changed(VIA, VIA.replace("192.0.2.31", "[fe80::1%eth0]"), "Via: Malformed Via"),
    "refused via: IPv6 without brackets": _changed(VIA, VIA.replace("192.0.2.31", "::1"), "Via: Malformed Via"),
    "refused via: no host": _changed(VIA, "SIP/2.0/UDP ;branch=x", "Via: Malformed Via"),
    "refused via: no blank": _changed(VIA, VIA.replace(" ", ""), "Via: Malformed Via"),
    "refused via: comment": _changed(VIA, f"{VIA} (my phone)", "Via: Malformed Parameters"),
    "refused via: rport of nothing": _changed(VIA, f"{VIA};rport=", "Via: Malformed Parameters"),
    "refused via: branch twice": _changed(VIA, f"{VIA};branch=x", "Via: Parameter Given Twice"),
    "refused via: comma last": _changed(VIA, f"{VIA},", "Via: Empty List Element"),
    "refused via: an empty second": _changed(VIA, f"{VIA}\r\nVia:", "Via: Empty List Element"),
    "refused via: nothing": _changed(VIA, "", "Via: Empty List Element"),
    # bodies
    "refused body: length below nought": _body(": -1", "Content-Length: Malformed Number"),
    "refused body: length of nothing": _body(":", "Content-Length: Malformed Number"),
    "refused body: length with a sign": _body(": +4", "Content-Length: Malformed Number"),
    "refused body: length in hex": _body(": 0x4", "Content-Length: Malformed Number"),
    "refused body: list of lengths": _body(": 4, 4", "Content-Length: Malformed Number"),
    "refused body: length twice": _body(": 4\r\nl: 4", "Content-Length Given Twice"),
    # extensions
    "refused require: nothing": _changed("Accept-Language: en", "Require:", "Require: Empty List Element"),
    "refused require: outbound": _changed("Accept-Language: en", "Require: outbound", "Bad Extension", 420),
    "refused path": _changed("Accept-Language: en", "Path: <sip:p;lr>", "Bad Extension", 420),
}
