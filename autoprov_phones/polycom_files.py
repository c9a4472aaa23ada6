"""The files that Polycom phones of UC Software 4.0 and later fetch from us (phones 1.1 to 1.6, contract 7)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_document import PhoneFileError, write_document

__all__ = [
    "BOOTSTRAP_FILE_NAME",
    "TRANSPORT_WORDS",
    "PhoneFileError",
    "Registration",
    "bootstrap_file",
    "line_file",
    "line_file_name",
    "master_file_name",
    "registration_file",
    "registration_file_name",
]

BOOTSTRAP_FILE_NAME = "000000000000.cfg"
MAX_NAME_LENGTH = 255
"""The longest name in CONFIG_FILES (SIP 3.1 Administrator's Guide)."""
MAX_LIST_LENGTH = 2047
"""The longest CONFIG_FILES, commas included."""
MAX_OVERLAP = timedelta(seconds=60)

_NOWHERE = "http://0.0.0.0"
"""Where phones write what nobody reads: deployed servers have used it for years to keep uploads away."""
# A name goes into a comma list, which knows no escaping; the phone puts its own digits for [PHONE_MAC_ADDRESS].
_CONFIG_FILE = re.compile(r"[0-9A-Za-z._~:/?#\[\]@!$()*+;=-]+", re.ASCII)
# On NOTIFY with Event check-sync, 0 lets the phone look whether "its" files changed, and firmwares differ in which
# those are. 1 always restarts and fetches all of them: an unassigned phone has nothing to interrupt, and an assigned
# one is told only on purpose.
_CHECK_SYNC = {"voIpProt.SIP.specialEvent.checkSync.alwaysReboot": "1"}
_TRANSPORTS = frozenset({"DNSnaptr", "TCPpreferred", "UDPOnly", "TCPOnly", "TLS"})
TRANSPORT_WORDS: Mapping[str, str] = {"udp": "UDPOnly", "tcp": "TCPOnly", "tls": "TLS"}
"""The maker's word for each of SIP's transports."""


@dataclass(frozen=True, slots=True)
class Registration:
    """One line of a phone.

    *address* is the user part of its address of record. *label* stands beside the line key, *display_name* in
    From. *server_port* 0 leaves the port to DNS. *transport* is one of the maker's words.
    """

    address: str
    auth_user: str
    password: str = field(repr=False)
    label: str
    display_name: str
    server_host: str
    server_port: int
    transport: str = "UDPOnly"
    expires: timedelta = timedelta(seconds=300)


def master_file_name(mac: MacAddress) -> str:
    """The phone's own master file, which it asks for first."""
    return f"{mac}.cfg"


def registration_file_name(mac: MacAddress) -> str:
    """The unassigned phone's one registration."""
    return f"{mac}-registration.cfg"


def line_file_name(mac: MacAddress) -> str:
    """The assigned phone's lines."""
    return f"{mac}-lines.cfg"


def bootstrap_file(*, config_files: Sequence[str]) -> bytes:
    """A master file that names *config_files*: names at the boot server, or URLs; earlier files win.

    ``[PHONE_MAC_ADDRESS]`` in a name becomes the phone's twelve digits. The other attributes:

    - ``APP_FILE_PATH="sip.ld"``: the phone asks for ``<part number>.sip.ld``; refused it, it keeps its firmware.
    - logs and call lists go nowhere, so that no phone writes to a server that only reads.
    - overrides, contacts and licences stay at the boot server, where a phone without them takes 404 for "none".

    Raises:
        PhoneFileError: no name, a name that the list cannot carry, a name or the list too long.
    """
    attributes = {
        "APP_FILE_PATH": "sip.ld",
        "CONFIG_FILES": _config_files(config_files),
        "MISC_FILES": "",
        "LOG_FILE_DIRECTORY": _NOWHERE,
        "OVERRIDES_DIRECTORY": "",
        "CONTACTS_DIRECTORY": "",
        "LICENSE_DIRECTORY": "",
        "CALL_LISTS_DIRECTORY": _NOWHERE,
        "USER_PROFILES_DIRECTORY": "",
    }
    return write_document("APPLICATION", attributes, {})


def registration_file(registration: Registration) -> bytes:
    """The unassigned phone's one registration, without a subscription of any kind.

    Voice mail, presence and the busy lamp list make a phone subscribe. They are switched off, also where they are off
    by default: a registrar that does nothing else has no answer to them.

    Lines of an earlier life are not blanked: what no file names goes back to the phone's default, and reg.2 and up
    default to none. Only what was typed at the phone itself stays; it lies in the phone's own override files.

    Raises:
        PhoneFileError: as ``line_file``.
    """
    silence = {
        "msg": {"msg.mwi.1.subscribe": "", "msg.mwi.1.callBackMode": "disabled"},
        "feature": {"feature.presence.enabled": "0", "feature.messaging.enabled": "0"},
        "attendant": {"attendant.uri": ""},
    }
    return _phone_file([registration], silence)


def line_file(registrations: Sequence[Registration]) -> bytes:
    """The assigned phone's registrations, in the order of its line keys; all else is at the phone's default.

    Raises:
        PhoneFileError: no registration, or a value that is empty, out of range or impossible in XML.
    """
    return _phone_file(registrations, {})


def _phone_file(registrations: Sequence[Registration], groups: Mapping[str, Mapping[str, str]]) -> bytes:
    if not registrations:
        raise PhoneFileError("no registration to write")
    reg: dict[str, str] = {}
    for line, registration in enumerate(registrations, start=1):
        reg |= _registration(line, registration)
    return write_document("polycomConfig", {}, {"reg": reg, **groups, "voIpProt": _CHECK_SYNC})


def _registration(line: int, registration: Registration) -> dict[str, str]:
    prefix, server = f"reg.{line}", f"reg.{line}.server.1"
    _refuse_impossible(prefix, registration)
    expires = int(registration.expires.total_seconds())
    return {
        f"{prefix}.address": registration.address,
        f"{prefix}.label": registration.label,
        f"{prefix}.displayName": registration.display_name,
        f"{prefix}.type": "private",
        f"{prefix}.auth.userId": registration.auth_user,
        f"{prefix}.auth.password": registration.password,
        f"{prefix}.lineKeys": "1",
        f"{prefix}.musicOnHold.uri": "",
        f"{server}.address": registration.server_host,
        f"{server}.port": str(registration.server_port),
        f"{server}.transport": registration.transport,
        f"{server}.expires": str(expires),
        f"{server}.expires.overlap": str(min(int(MAX_OVERLAP.total_seconds()), expires // 2)),
        f"{server}.register": "1",
    }


def _refuse_impossible(prefix: str, registration: Registration) -> None:
    for name, value in (("address", registration.address), ("server.1.address", registration.server_host)):
        if not value:
            raise PhoneFileError(f"{prefix}.{name} is empty")
    if not 0 <= registration.server_port <= 65535:
        raise PhoneFileError(f"{prefix}.server.1.port is not between 0 and 65535")
    if registration.transport not in _TRANSPORTS:
        raise PhoneFileError(f"{prefix}.server.1.transport is none of {', '.join(sorted(_TRANSPORTS))}")
    if registration.expires < timedelta(seconds=10):
        raise PhoneFileError(f"{prefix}.server.1.expires is under 10 seconds")


def _config_files(names: Sequence[str]) -> str:
    if not names:
        raise PhoneFileError("CONFIG_FILES names no file")
    for name in names:
        if len(name) > MAX_NAME_LENGTH:
            raise PhoneFileError(f"CONFIG_FILES: a name has more than {MAX_NAME_LENGTH} characters")
        if _CONFIG_FILE.fullmatch(name) is None:
            raise PhoneFileError("CONFIG_FILES: a name is empty or holds a character that the list cannot carry")
    listed = ",".join(names)
    if len(listed) > MAX_LIST_LENGTH:
        raise PhoneFileError(f"CONFIG_FILES has more than {MAX_LIST_LENGTH} characters")
    return listed
