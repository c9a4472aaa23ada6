"""REGISTERs as a Polycom writes them, and its side of the digest, by its own arithmetic."""

import re
from collections.abc import Sequence
from hashlib import md5, sha256

USER = "~~id~autoprovision"
PASSWORD = "s3cret, with a comma"
DOMAIN = "pbx.example.com"
USER_AGENT = "PolycomVVX-VVX_410-UA/5.9.5.0614"


def register(
    *,
    method: str = "REGISTER",
    display_name: str | None = "KTM4PX-0004f2abcdef",
    user: str = USER,
    from_user: str | None = None,
    domain: str = DOMAIN,
    via: str = "192.0.2.31:5060",
    branch: str | None = "z9hG4bKone",
    call_id: str = "c7f6bc72e0778e72",
    cseq: int = 1,
    contact: str | None = f"<sip:{USER}@192.0.2.31:5060>",
    expires: str | None = "300",
    user_agent: str = USER_AGENT,
    authorization: str | None = None,
    extra: Sequence[str] = (),
) -> bytes:
    """The datagram; headers in the order of a captured VVX."""
    name = "" if display_name is None else f'"{display_name}" '
    lines = [
        f"{method} sip:{domain} SIP/2.0",
        f"Via: SIP/2.0/UDP {via}" + ("" if branch is None else f";branch={branch}"),
        f"From: {name}<sip:{from_user or user}@{domain}>;tag=F87D2248-BCC05E87",
        f"To: <sip:{user}@{domain}>",
        f"CSeq: {cseq} {method}",
        f"Call-ID: {call_id}",
        *([] if contact is None else [f"Contact: {contact}"]),
        f"User-Agent: {user_agent}",
        "Accept-Language: en",
        *([] if authorization is None else [f"Authorization: {authorization}"]),
        "Max-Forwards: 70",
        *([] if expires is None else [f"Expires: {expires}"]),
        *extra,
        "Content-Length: 0",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def challenge_of(response: bytes) -> dict[str, str]:
    """The parameters of the 401's first WWW-Authenticate."""
    return challenges_of(response)[0]


def challenges_of(response: bytes) -> list[dict[str, str]]:
    """The parameters of each WWW-Authenticate."""
    headers = re.findall(rb"\r\nWWW-Authenticate: Digest (.*?)(?=\r\n)", response)
    assert headers, response
    return [dict(re.findall(r'(\w+)="?([^",]*)"?', header.decode())) for header in headers]


def credentials(
    challenge: dict[str, str],
    *,
    password: str = PASSWORD,
    username: str = USER,
    count: int = 1,
    with_qop: bool = True,
    method: str = "REGISTER",
) -> str:
    """The Authorization value that answers *challenge*, with its algorithm."""
    uri, nonce, cnonce, nc = f"sip:{DOMAIN}", challenge["nonce"], "X+5uJHgPKBGjp82", f"{count:08x}"
    algorithm = challenge.get("algorithm", "MD5")  # RFC 2617 §3.2.1
    digest = _HASHES[algorithm]
    ha1, ha2 = digest(f"{username}:{challenge['realm']}:{password}"), digest(f"{method}:{uri}")
    proof = digest(f"{ha1}:{nonce}:{nc}:{cnonce}:auth:{ha2}") if with_qop else digest(f"{ha1}:{nonce}:{ha2}")
    value = f'Digest username="{username}", realm="{challenge["realm"]}", nonce="{nonce}"'
    value += f', qop=auth, cnonce="{cnonce}", nc={nc}' if with_qop else ""
    return f'{value}, uri="{uri}", response="{proof}", algorithm={algorithm}'


def _md5(text: str) -> str:
    return md5(text.encode()).hexdigest()


def _sha_256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


_HASHES = {"MD5": _md5, "SHA-256": _sha_256}
