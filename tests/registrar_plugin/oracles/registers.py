"""Any REGISTER that RFC 3261 allows, together with what stands in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote as escape

from hypothesis import strategies as st

from tests.peers.polycom import DOMAIN, USER_AGENT
from tests.registrar_plugin.reading import Address, Reading

_COMPACT = {"Via": "v", "From": "f", "To": "t", "Call-ID": "i", "Contact": "m", "Content-Length": "l"}
_USER_SAFE = "-_.!~*'()&=+$,;?/"

_TOKENS = st.text("abcXYZ019-.!%*_+`'~", min_size=1, max_size=12)
_NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20)
_USERS = st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
_HOSTS = st.sampled_from(["192.0.2.31", "[2001:db8::1]", "[::1]", "phone", "phone7", "a-b.example.com", "x.example2."])
_PORTS = st.none() | st.integers(1, 65_535)
_PARAMS = st.lists(
    st.sampled_from(
        [
            "q=0.5",
            "expires=60",
            "expires=0",
            'methods="INVITE, ACK"',
            '+sip.instance="<urn:uuid:0>"',
            "x-flag",
            "reg-id=1",
        ]
    ),
    unique_by=lambda param: param.partition("=")[0],
    max_size=3,
)
_URI_PARAMS = st.lists(st.sampled_from(["transport=udp", "line=a-1", "ob", "x=%20y"]), unique=True, max_size=2)
_COLONS = st.sampled_from([": ", ":", " : ", "\t:\t", ":\r\n "])


class Trait(Enum):
    """What some parser may stumble over."""

    SPECIAL_NAME = "a quote, a backslash or a bracket in a display name"
    BARE_WITH_BRACKET = "an addr-spec without <>, with a < in a parameter"
    SEVERAL_IN_ONE_LINE = "several contacts in one line"
    SEMICOLON_IN_USER = "a semicolon in a user part"
    STAR_FIRST = "a display name without quotes that begins with *"
    PER_CENT_IN_USER = "an escaped per cent in a user part"


@dataclass(frozen=True, slots=True)
class WrittenRegister:
    """A message, what stands in it and what is special about it."""

    data: bytes
    expected: Reading
    traits: frozenset[Trait]


@st.composite
def registers(draw: st.DrawFn) -> WrittenRegister:
    """A valid REGISTER."""
    from_, from_text = draw(_addresses())
    to, to_text = draw(_addresses())
    contacts = draw(st.lists(_addresses(with_params=True), max_size=3))
    cseq = draw(st.integers(0, 2**31 - 1))
    call_id = draw(st.text("abc019.-@", min_size=1, max_size=20))
    expires = draw(st.none() | st.integers(0, 2**32 - 1).map(str))
    in_one_line = draw(st.booleans())
    fields = [
        ("Via", "SIP/2.0/UDP 192.0.2.31:5060;branch=z9hG4bKany;rport"),
        ("From", f"{from_text};tag=a1"),
        ("To", to_text),
        ("Call-ID", call_id),
        ("CSeq", f"{cseq} REGISTER"),
        *_contact_fields([text for _, text in contacts], in_one_line=in_one_line),
        *([] if expires is None else [("Expires", expires)]),
        ("User-Agent", USER_AGENT),
        ("Max-Forwards", "70"),
        ("Content-Length", "0"),
    ]
    lines = [f"REGISTER sip:{DOMAIN} SIP/2.0"]
    lines += [draw(_spellings(name)) + draw(_COLONS) + value for name, value in fields]
    line_end = draw(st.sampled_from(["\r\n", "\n"]))
    return WrittenRegister(
        ("\r\n".join(lines) + "\r\n\r\n").replace("\r\n", line_end).encode(),
        Reading(
            method="REGISTER",
            from_=from_,
            to=to,
            call_id=call_id,
            cseq=cseq,
            contacts=tuple(contact for contact, _ in contacts),
            is_wildcard=False,
            expires=expires,
            user_agent=USER_AGENT,
            branch="z9hG4bKany",
            via_count=1,
        ),
        frozenset(_traits([(from_, from_text), (to, to_text), *contacts], several=in_one_line and len(contacts) > 1)),
    )


def _traits(addresses: Sequence[tuple[Address, str]], *, several: bool) -> Iterator[Trait]:
    if several:
        yield Trait.SEVERAL_IN_ONE_LINE
    for address, text in addresses:
        if set('"\\<>') & set(address.display_name):
            yield Trait.SPECIAL_NAME
        if text.startswith("*"):
            yield Trait.STAR_FIRST
        if text.startswith("sip:") and "<" in text:
            yield Trait.BARE_WITH_BRACKET
        if ";" in (address.user or ""):
            yield Trait.SEMICOLON_IN_USER
        if "%" in (address.user or ""):
            yield Trait.PER_CENT_IN_USER


@st.composite
def _addresses(draw: st.DrawFn, *, with_params: bool = False) -> tuple[Address, str]:
    """An address, and a way to write it."""
    user, host, port = draw(_USERS), draw(_HOSTS), draw(_PORTS)
    userinfo = "" if user is None else escape(user, safe=_USER_SAFE) + "@"
    uri = f"sip:{userinfo}{host}" + ("" if port is None else f":{port}")
    header_params = "".join(f";{param}" for param in draw(_PARAMS)) if with_params else ""
    form = draw(st.sampled_from(["quoted", "token", "none", "bare"]))
    if form == "bare" and not set(",;?") & set(uri):
        return Address("", user, host, port), uri + header_params
    uri_params = "".join(f";{param}" for param in draw(_URI_PARAMS))
    name, written = draw(_display_names(form))
    return Address(name, user, host, port), f"{written}<{uri}{uri_params}>{header_params}"


@st.composite
def _display_names(draw: st.DrawFn, form: str) -> tuple[str, str]:
    if form == "token":
        tokens = draw(st.lists(_TOKENS, min_size=1, max_size=3))
        return " ".join(tokens), " ".join(tokens) + draw(st.sampled_from(["", " "]))
    if form == "quoted":
        name = draw(_NAMES)
        written = name.replace("\\", "\\\\").replace('"', '\\"')
        return name, f'"{written}"' + draw(st.sampled_from(["", " "]))
    return "", ""


def _contact_fields(texts: list[str], *, in_one_line: bool) -> list[tuple[str, str]]:
    if in_one_line and texts:
        return [("Contact", ", ".join(texts))]
    return [("Contact", text) for text in texts]


def _spellings(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name, name.lower(), name.upper(), _COMPACT.get(name, name)])
