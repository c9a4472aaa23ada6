"""REGISTERs as nobody should write them and RFC 3261 lets everybody, each with what stands in it."""

from collections.abc import Mapping
from dataclasses import replace

from tests.peers.polycom import DOMAIN, USER
from tests.registrar_plugin.reading import Address
from tests.registrar_plugin.shapes import FROM, READ, VIA, VVX, Shape, changed, edited, named, reached, signed

_A = Address("", "a", "192.0.2.1")
_B = Address("", "b", "192.0.2.2")
_OWN = Address("", USER, DOMAIN)
_TO = f"To: <sip:{USER}@{DOMAIN}>"
_LENGTH = "Content-Length: 0\r\n"
_BRANCH = ";branch=z9hG4bKone"
_ALL_ESCAPED = "".join(f"\\{chr(code)}" for code in range(0x20, 0x7F))
_ALL_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_ODD_OCTETS = bytes(code for code in range(1, 256) if code not in b"\r\n")
_CREDENTIALS = 'Digest username="a",realm="r",nonce="n",uri="sip:h",response="f0"'
_READ_CREDENTIALS = ("a", "r", "n", "sip:h", "f0")


def _user(written: str, user: str | None) -> Shape:
    """A Contact with this user part."""
    return reached(f"<sip:{written}@192.0.2.1>", replace(_A, user=user))


def _expires(written: str) -> Shape:
    """An Expires header, kept as it is."""
    return changed("Expires: 300", f"Expires:{written}", expires=written.strip(" "))


def _body(length: str, body: bytes) -> Shape:
    """With this length and these octets behind the head."""
    head = VVX.replace(_LENGTH.encode(), f"Content-Type: text/plain\r\nContent-Length{length}\r\n".encode())
    return Shape(head + body, READ)


def _authorized(field: str, digest: tuple[str, str, str, str, str] | None) -> Shape:
    return changed("Max-Forwards", f"{field}\r\nMax-Forwards", digest=digest)


RARE_SHAPES: Mapping[str, Shape] = {
    # hosts and ports (§25.1)
    "host: IPv6 in capitals": reached("<sip:a@[2001:DB8::A]:5060>", Address("", "a", "[2001:DB8::A]", 5060)),
    "host: IPv6 with every nought": reached(
        "<sip:a@[2001:0db8:0000:0000:0000:0000:0000:0001]>",
        Address("", "a", "[2001:0db8:0000:0000:0000:0000:0000:0001]"),
    ),
    "host: IPv4 with noughts": reached("<sip:a@192.0.02.1>", Address("", "a", "192.0.02.1")),
    "host: underscore": reached("<sip:a@my_phone.local>", Address("", "a", "my_phone.local")),
    "host: ends in a dot, with port": reached("<sip:a@phone.local.:5062>", Address("", "a", "phone.local.", 5062)),
    "host: label of 64": reached(f"<sip:a@{'h' * 64}.x>", Address("", "a", f"{'h' * 64}.x")),
    "port: with noughts": reached("<sip:a@192.0.2.1:00005062>", replace(_A, port=5062)),
    # users
    "user: NUL": _user("%00", "\0"),
    "user: a line end, escaped": _user("a%0d%0aX%3A%20y", "a\r\nX: y"),
    "user: escapes of both cases": _user("j%C3%bcrgen", "jürgen"),
    "user: an octet that is not UTF-8": _user("%ff", "ÿ"),
    "user: slashes": _user("//a", "//a"),
    "user: star and digits": _user("*21*3", "*21*3"),
    "user: empty password": _user("a:", "a"),
    # URI parameters and headers
    "uri: escape in a parameter's name": reached("<sip:a@192.0.2.1;%74ransport=tcp>", _A),
    "uri: GRUU": reached('<sip:a@192.0.2.1;gr=urn:uuid:f81d4fae>;+sip.instance="<urn:uuid:f81d4fae>"', _A),
    "uri: temporary GRUU": reached("<sip:a@192.0.2.1;gr>", _A),
    "uri: outbound": reached('<sip:a@192.0.2.1;ob>;reg-id=1;+sip.instance="<urn:uuid:0>"', _A),
    "uri: lr": reached("<sip:a@192.0.2.1;lr>", _A),
    "uri: maddr of IPv6": reached("<sip:a@192.0.2.1;maddr=[::1]>", _A),
    "uri: header without value": reached("<sip:a@192.0.2.1?x=>", _A),
    "uri: line end in a header": reached("<sip:a@192.0.2.1?x=%0d%0a&y=z>", _A),
    "uri: own scheme": reached("<im:a@192.0.2.1>", Address("", "im:a@192.0.2.1", "")),
    "uri: URN": reached("<urn:service:sos>", Address("", "urn:service:sos", "")),
    "uri: tel without brackets": reached("tel:+49-30-1234;q=1", Address("", "tel:+49-30-1234", "")),
    "uri: tel with parameters": reached(
        "<tel:+49;ext=1;phone-context=+49>", Address("", "tel:+49;ext=1;phone-context=+49", "")
    ),
    # Contact
    "contact: q of three digits": reached("<sip:a@192.0.2.1>;q=1.000", _A),
    "contact: q without digits": reached("<sip:a@192.0.2.1>;q=0.", _A),
    "contact: Q": reached("<sip:a@192.0.2.1>;Q=0.7", _A),
    "contact: EXPIRES": reached("<sip:a@192.0.2.1>;EXPIRES=60", _A),
    "contact: expires between blanks": reached("<sip:a@192.0.2.1> ; expires = 60", _A),
    "contact: expires below nought": reached("<sip:a@192.0.2.1>;expires=-1", _A),
    "contact: expires in words": reached("<sip:a@192.0.2.1>;expires=never", _A),
    "contact: expires without value": reached("<sip:a@192.0.2.1>;expires", _A),
    "contact: expires of 2**32": reached("<sip:a@192.0.2.1>;expires=4294967296", _A),
    "contact: expires of many digits": reached(f"<sip:a@192.0.2.1>;expires={'9' * 40}", _A),
    "contact: instance with quotes": reached('<sip:a@192.0.2.1>;+sip.instance="\\"<urn:uuid:1>\\""', _A),
    "contact: features": reached('<sip:a@192.0.2.1>;methods="INVITE,ACK";audio;+sip.x="#+5"', _A),
    "contact: GRUUs of the registrar": reached('<sip:a@192.0.2.1>;pub-gruu="sip:a@h;gr=x";temp-gruu="sip:b@h;gr"', _A),
    "contact: all that parts something, in quotes": reached(
        '<sip:a@192.0.2.1>;x="a;b,c<d>\\\\", sip:b@192.0.2.2', _A, _B
    ),
    "contact: UTF-8 in quotes": reached('<sip:a@192.0.2.1>;x="ü\\""', _A),
    "contact: ten lines": reached(
        "\r\nContact: ".join(f"<sip:a@192.0.2.{host}>" for host in range(1, 11)),
        *(Address("", "a", f"192.0.2.{host}") for host in range(1, 11)),
    ),
    "contact: all spellings of its name": reached(
        "<sip:a@192.0.2.1>\r\nm: <sip:b@192.0.2.2>\r\nCONTACT : <sip:c@h>, <sip:d@h>",
        _A,
        _B,
        Address("", "c", "h"),
        Address("", "d", "h"),
    ),
    "contact: tabs around the comma": reached("<sip:a@192.0.2.1>\t,\t<sip:b@192.0.2.2>", _A, _B),
    "contact: name without a blank": reached("a<sip:a@192.0.2.1>", replace(_A, display_name="a")),
    "contact: star for a name": reached("* <sip:a@192.0.2.1>", replace(_A, display_name="*")),
    "contact: star in quotes": reached('"*" <sip:a@192.0.2.1>', replace(_A, display_name="*")),
    "contact: addr-spec, blanks around parameters": reached("sip:a@192.0.2.1 ; expires = 60", _A),
    "contact: addr-spec with instance": reached('sip:a@192.0.2.1;+sip.instance="<urn:uuid:1>"', _A),
    "contact: addr-spec with password": reached("sip:a:p@192.0.2.1", _A),
    "contact: addr-spec of sips": reached("sips:a@192.0.2.1", _A),
    "contact: addr-specs with parameters": reached("sip:a@192.0.2.1;expires=60,sip:b@192.0.2.2;q=1", _A, _B),
    # names (§25.1 display-name)
    "name: blanks alone": named("   ", ""),
    "name: apostrophes": named("'a b' ", "'a b'"),
    "name: escaped NUL": named(b'"a\\\x00b" ', "a\0b"),
    "name: everything escaped": named(f'"{_ALL_ESCAPED}" ', _ALL_PRINTABLE),
    "name: UTF-8 cut off": named(b'"\xc3(" ', "Ã("),
    "name: UTF-8 too long": named(b'"\xc0\xaf" ', "À¯"),
    "name: UTF-8 of a surrogate": named(b'"\xed\xa0\x80" ', "í\xa0\x80"),
    "name: byte order mark": named(b'"\xef\xbb\xbfx" ', "\ufeffx"),
    "name: UTF-8 beside Latin-1": named(b'"\xc3\xbc \xfc" ', "Ã¼ ü"),
    "name: tokens parted by tabs": named("a\tb\t", "a\tb"),
    "name: tokens folded": named("a\r\n b ", "a b"),
    "name: 2000 characters": named(f'"{"x" * 2000}" ', "x" * 2000),
    # From and To
    "from: no tag": edited(";tag=F87D2248-BCC05E87", ""),
    "from: IPv6 in a parameter": edited(";tag=F87D2248-BCC05E87", ";tag=b;x=[::1]"),
    "from: addr-spec with port": changed(FROM, f"sip:{USER}@{DOMAIN}:5060;tag=1", from_=replace(_OWN, port=5060)),
    "to: name": changed(_TO, _TO.replace("<", '"x, <y>" <'), to=replace(_OWN, display_name="x, <y>")),
    "to: addr-spec": edited(_TO, f"To: sip:{USER}@{DOMAIN}"),
    "to: tag": edited(_TO, f"{_TO};tag=abc"),
    # lines (§7.3.1)
    "lines: LF and CRLF mixed": Shape(VVX.replace(b"\r\n", b"\n", 3), READ),
    "lines: the last with LF": Shape(VVX.removesuffix(b"\r\n\r\n") + b"\n\n", READ),
    "lines: LF before the empty line": Shape(VVX.removesuffix(b"\r\n\r\n") + b"\n\r\n", READ),
    "lines: empty line of LF": Shape(VVX.removesuffix(b"\r\n") + b"\n", READ),
    "lines: many empty ones first": Shape(b"\r\n" * 50 + VVX, READ),
    "lines: LF first": Shape(b"\n" + VVX, READ),
    "lines: folded before the value": edited("Accept-Language: en", "Accept-Language:\r\n \r\n en"),
    "lines: folded with blanks alone": edited("Accept-Language: en", "Accept-Language: en\r\n \r\n x"),
    "lines: folded CSeq": edited("CSeq: 1 REGISTER", "CSeq: 1\r\n REGISTER"),
    "lines: folded Expires": edited("Expires: 300", "Expires:\r\n 300"),
    "lines: folded Via": edited(_BRANCH, f"\r\n {_BRANCH}"),
    "lines: folded Content-Length": edited("Content-Length: 0", "Content-Length:\r\n\t0"),
    "lines: the last folded": edited("Content-Length: 0\r\n", "Content-Length: 0\r\n \r\n"),
    # fields that we do not read
    "unknown: NUL": edited("Accept-Language: en", "X-Odd: e\0n"),
    "unknown: all octets": changed("Accept-Language: en", b"X-Odd: " + _ODD_OCTETS),
    "unknown: all characters of a token": edited("Accept-Language", "!%*_+`'~."),
    "unknown: twice": edited("Accept-Language: en", "X-Odd: a\r\nX-Odd: b"),
    "known: path supported": edited("Accept-Language: en", "Supported: path, outbound, gruu"),
    "known: nothing supported": edited("Accept-Language: en", "k:"),
    "known: nothing allowed": edited("Accept-Language: en", "Allow:"),
    "known: a proxy is asked": edited("Accept-Language: en", "Proxy-Require: foo"),
    "known: routes": edited("Accept-Language: en", "Route: <sip:p;lr>\r\nRecord-Route: <sip:p;lr>"),
    "known: nonsense": edited("Accept-Language: en", "Date: yesterday\r\nContent-Type: ;;;\r\nEvent: reg"),
    # start line (§7.1)
    "start: sips": edited("REGISTER sip:", "REGISTER sips:"),
    "start: user": edited("REGISTER sip:", "REGISTER sip:x@"),
    "start: parameters": edited("REGISTER sip:pbx.example.com", "REGISTER sip:pbx.example.com;transport=udp;lr"),
    "start: IPv6": edited("REGISTER sip:pbx.example.com", "REGISTER sip:[::1]:5060"),
    # numbers
    "cseq: nought": changed("CSeq: 1 ", "CSeq: 0 ", cseq=0),
    "cseq: 2**31-1": changed("CSeq: 1 ", "CSeq: 2147483647 ", cseq=2**31 - 1),
    "cseq: tab": edited("CSeq: 1 ", "CSeq: 1\t"),
    "call-id: all characters of a word": changed("c7f6bc72e0778e72", 'a()<>:\\"/[]?{}@b', call_id='a()<>:\\"/[]?{}@b'),
    "call-id: 3000 characters": changed("c7f6bc72e0778e72", "x" * 3000, call_id="x" * 3000),
    "expires: 2**32-1": _expires(" 4294967295"),
    "expires: 2**32": _expires(" 4294967296"),
    "expires: of many digits": _expires(" " + "9" * 60),
    "expires: between blanks": _expires("  60  "),
    "expires: below nought": _expires(" -1"),
    "expires: words": _expires(" never"),
    "expires: RFC 2543's date": _expires(" Thu, 01 Dec 2040 16:00:00 GMT"),
    "expires: empty": _expires(""),
    "max-forwards: nought": edited("Max-Forwards: 70", "Max-Forwards: 0"),
    "max-forwards: 255": edited("Max-Forwards: 70", "Max-Forwards: 255"),
    "max-forwards: beyond its range": edited("Max-Forwards: 70", "Max-Forwards: 256"),
    "max-forwards: of many digits": edited("Max-Forwards: 70", f"Max-Forwards: {'9' * 30}"),
    "max-forwards: none": edited("Max-Forwards: 70\r\n", ""),
    # Via
    "via: received": edited(_BRANCH, f"{_BRANCH};received=192.0.2.99"),
    "via: rport with a value": edited(_BRANCH, f"{_BRANCH};rport=5"),
    "via: rport and received": edited(_BRANCH, f"{_BRANCH};rport;received=192.0.2.99"),
    "via: received of IPv6": edited(_BRANCH, f"{_BRANCH};received=[2001:db8::1]"),
    "via: maddr": edited(_BRANCH, f"{_BRANCH};maddr=224.0.1.75;ttl=1"),
    "via: seventy": changed(
        VIA, ",".join([VIA, *(f"SIP/2.0/UDP p{number};branch=b{number}" for number in range(69))]), via_count=70
    ),
    "via: small letters": edited("SIP/2.0/UDP", "sip/2.0/udp"),
    "via: blanks as in wsinv": edited(VIA, "SIP  /  2.0  /  UDP   192.0.2.31  :  5060  ;  branch  =  z9hG4bKone"),
    "via: tabs as in wsinv": edited(VIA, "SIP\t/\t2.0\t/\tUDP\t192.0.2.31\t:\t5060\t;\tbranch\t=\tz9hG4bKone"),
    "via: folded at every sign": edited(
        VIA, "SIP\r\n /\r\n 2.0 /\r\n UDP\r\n 192.0.2.31\r\n :\r\n 5060\r\n ;\r\n branch\r\n =\r\n z9hG4bKone"
    ),
    "via: no port": edited("192.0.2.31:5060;branch", "192.0.2.31;rport;branch"),
    "via: host ends in a dot": edited("192.0.2.31:5060;branch", "phone.local.:5060;rport;branch"),
    "via: IPv6 and port": edited("192.0.2.31:5060;branch", "[2001:db8::1]:5060;branch"),
    "via: unknown transport": edited("SIP/2.0/UDP", "SIP/2.0/TLS-SCTP"),
    "via: RFC 2543's hidden": edited(_BRANCH, f";hidden{_BRANCH}"),
    "via: flags": edited(_BRANCH, f"{_BRANCH};alias;keep;rport"),
    # bodies (§18.3)
    "body: octets behind its end": _body(": 2", b"body"),
    "body: none, but octets": _body(": 0", b"body"),
    "body: length with noughts": _body(": 0000000000000000000004", b"body"),
    "body: blanks around the colon": _body(" \t:\t4 ", b"body"),
    "body: all octets": _body(": 256", bytes(range(256))),
    "body: line ends": _body(": 4", b"\r\n\r\n"),
    # Authorization
    "digest: open quote": _authorized('Authorization: "', None),
    "digest: nothing": _authorized("Authorization:", None),
    "digest: another scheme": _authorized("Authorization: Basic Zm9v", None),
    "digest: of a proxy": _authorized(f"Proxy-Authorization: {_CREDENTIALS}", None),
    "digest: small letters": _authorized(f"authorization: {_CREDENTIALS.lower()}", _READ_CREDENTIALS),
    "digest: folded": _authorized(f"Authorization: {_CREDENTIALS}".replace(",", ",\r\n\t"), _READ_CREDENTIALS),
    "digest: blanks": _authorized(f"Authorization: {_CREDENTIALS}".replace("=", " = "), _READ_CREDENTIALS),
    "digest: qop in quotes": signed("a", rest=', qop="auth", cnonce="c", nc=00000001'),
    "digest: twice the same": _authorized(f'Authorization: {_CREDENTIALS},username="b"', None),
    "digest: short nonce count": _authorized(f'Authorization: {_CREDENTIALS},qop=auth,cnonce="c",nc=1', None),
    "digest: comma at the end": _authorized(f"Authorization: {_CREDENTIALS},", None),
    "digest: quotes and backslash in the user": signed('a"b\\'),
}
