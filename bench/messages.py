"""REGISTERs for the measurements, as a captured Polycom VVX writes them: 600 bytes, 900 with credentials."""

_HEAD = (
    "REGISTER sip:{domain};transport=udp SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.31:{port};branch=z9hG4bK{cseq}{number:014X}\r\n"
    'From: "KTM4PX-0004f2{number:06x}" <sip:{user}@{domain}>;tag=F87D2248-{number:08X}\r\n'
    "To: <sip:{user}@{domain}>\r\n"
    "CSeq: {cseq} REGISTER\r\n"
    "Call-ID: c7f6bc72e0778e72f7055172{number:08x}\r\n"
    "Contact: <sip:{user}@192.0.2.31:{port};transport=udp>;methods="
    '"INVITE,ACK,BYE,CANCEL,OPTIONS,INFO,MESSAGE,SUBSCRIBE,NOTIFY,PRACK,UPDATE,REFER"\r\n'
    "User-Agent: PolycomVVX-VVX_350-UA/5.9.5.0614\r\n"
    "Accept-Language: en\r\n"
)
_CREDENTIALS = (
    'Authorization: Digest username="{user}", realm="{domain}", nonce="921a55467c54fdd626a9077a{number:08x}", '
    'qop=auth, cnonce="X+5uJHgPKBGjp82", nc=00000001, opaque="4804ccfd48df7fecce5b185da0e7175d", '
    'uri="sip:{domain};transport=udp", response="595e46251eb788c6df3b717f{number:08x}", algorithm=MD5\r\n'
)
_TAIL = "Max-Forwards: 70\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n"


def of_one_installation(phones: int) -> list[bytes]:
    """What our registrar gets: each phone's REGISTER and its answer to the 401, all for one user of one domain."""
    return [
        _message(number, user="~~id~autoprovision", domain="pbx.example.com", has_credentials=has_credentials)
        for number in range(phones)
        for has_credentials in (False, True)
    ]


def of_strangers(count: int) -> list[bytes]:
    """No two share a user, a domain or a Contact."""
    return [
        _message(number, user=f"user{number}", domain=f"pbx{number}.example.com", has_credentials=True)
        for number in range(count)
    ]


def _message(number: int, *, user: str, domain: str, has_credentials: bool) -> bytes:
    text = _HEAD + (_CREDENTIALS if has_credentials else "") + _TAIL
    cseq = 2 if has_credentials else 1
    return text.format(number=number, cseq=cseq, user=user, domain=domain, port=1024 + number).encode()
