"""What a sipXecs or sipXcom says of itself in its own files (contract 4.4 and 4.5)."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from autoprov.os_errors import os_error_words

PROVISION_CONFIG = Path("/etc/sipxpbx/sipxprovision-config")
DOMAIN_CONFIG = Path("/etc/sipxpbx/domain-config")
_MAX_BYTES = 65_536
_USER, _PASSWORD = "provision.username", "provision.password"
_DOMAIN, _ALIASES, _REALM = "SIP_DOMAIN_NAME", "SIP_DOMAIN_ALIASES", "SIP_REALM"
# Java's Properties: a key ends at "=", ":" or a blank, and a backslash makes the next character an ordinary one.
_PROPERTY = re.compile(r"[ \t\f]*(?P<key>(?:[^\\=: \t\f]|\\.)+)[ \t\f]*[=:]?[ \t\f]*(?P<value>.*)")
_ESCAPED = re.compile(r"\\(.)")
# KEY : value, with runs of blanks.
_DOMAIN_LINE = re.compile(r"[ \t]*(?P<key>[A-Za-z0-9_.]+)[ \t]*:[ \t]*(?P<value>.*)")
_SIP_USER = re.compile(r"[A-Za-z0-9~_.!*'()\-]{1,64}")
_SIP_PASSWORD = re.compile(r"[!#-%(-;=?-\[\]-~]{1,128}")
"""ASCII without quotes, backslashes, <, > and &, which phones read differently."""


class SipxecsFileError(ValueError):
    """A file cannot be read, or lacks what is wanted; the text says which and why. A person acts."""


@dataclass(frozen=True, slots=True)
class ProvisionUser:
    """The user as whom sipXecs has its own unassigned phones register."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SipDomain:
    """The domain that a sipXecs answers for; *aliases* are other names and addresses of it, in lower case."""

    name: str
    aliases: frozenset[str]
    realm: str

    def has(self, host: str) -> bool:
        """Whether a phone that registers at *host* registers in this domain."""
        return host.lower() in self.aliases | {self.name}


def read_provision_user(file: Path) -> ProvisionUser:
    """The user in ``sipxprovision-config``, which some releases call ``sipxautoprovision-config``.

    Raises:
        SipxecsFileError: as it says.
    """
    values: dict[str, str] = {}
    for line in _lines(file):
        match = _PROPERTY.match(line)
        if match is not None and not line.lstrip(" \t\f").startswith(("#", "!")):
            values[_unescaped(match["key"])] = _unescaped(match["value"].strip())
    user, password = values.get(_USER, ""), values.get(_PASSWORD, "")
    if _SIP_USER.fullmatch(user) is None:
        raise SipxecsFileError(f"{file}: {_USER} is missing, or no SIP user name")
    if _SIP_PASSWORD.fullmatch(password) is None:
        raise SipxecsFileError(f"{file}: {_PASSWORD} is missing, or has characters that phones read differently")
    return ProvisionUser(user, password)


def read_domain(file: Path) -> SipDomain:
    """The domain in ``domain-config``.

    Raises:
        SipxecsFileError: as it says.
    """
    values = {match["key"]: match["value"].strip() for line in _lines(file) if (match := _DOMAIN_LINE.match(line))}
    if missing := [key for key in (_DOMAIN, _REALM) if not values.get(key)]:
        raise SipxecsFileError(f"{file}: {' and '.join(missing)} missing")
    aliases = frozenset(values.get(_ALIASES, "").lower().split())
    return SipDomain(values[_DOMAIN].lower(), aliases, values[_REALM])


def _lines(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            return opened.read(_MAX_BYTES).decode("latin-1").splitlines()
    except OSError as error:
        raise SipxecsFileError(os_error_words(error)) from error


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
