"""A user of the PBX, as an import gives it."""

import re
from dataclasses import dataclass, field

_SIP_USER = re.compile(r"[A-Za-z0-9\-_.!~*'()&=+$,;?/]{1,64}")  # RFC 3261 §25.1 user, without escapes
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class PbxUser:
    """*row* is where it stands in its source, from 1."""

    row: int
    user_name: str
    display_name: str
    sip_password: str = field(repr=False)


def is_sip_user(text: str) -> bool:
    """Whether a phone could register as this user."""
    return _SIP_USER.fullmatch(text) is not None


def reason_against(user: PbxUser) -> str:
    """Why no phone could be given this user's line, ``""`` for nothing; never with the password in it."""
    if not user.user_name:
        return "names no user"
    if not is_sip_user(user.user_name):
        return f"{user.user_name[:40]!r} is not a SIP user name such as 200 or ada.lovelace"
    if not user.sip_password:
        return f"{user.user_name}: has no SIP password"
    if not user.sip_password.isprintable():
        return f"{user.user_name}: the SIP password holds characters that cannot be printed"
    if not user.display_name.isprintable():
        return f"{user.user_name}: the display name holds characters that cannot be printed"
    if max(len(user.sip_password), len(user.display_name)) > _LONGEST:
        return f"{user.user_name}: display name or SIP password is longer than {_LONGEST} characters"
    return ""
