"""The registrations that Polycom phones of UC Software 3.3, 4.0 and later fetch from us (phones 1.4, contract 7.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_document import write_document
from autoprov_phones.polycom_master import MAX_NAME_LENGTH

MAX_OVERLAP = timedelta(seconds=60)
CHECK_SYNC = {"voIpProt.SIP.specialEvent.checkSync.alwaysReboot": "1"}
"""On NOTIFY with Event check-sync, 0 lets the phone look whether "its" files changed, and firmwares differ in which
those are. 1 always restarts and fetches all of them: an unassigned phone has nothing to interrupt, and an assigned one
is told only on purpose."""
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


def registration_file(registration: Registration, *, own_directory: str | None = None) -> bytes:
    """The unassigned phone's one registration, without a subscription of any kind.

    Voice mail, presence and the busy lamp list make a phone subscribe. They are switched off, also where they are off
    by default: a registrar that does nothing else has no answer to them.

    Lines of an earlier life are not blanked: what no file names goes back to the phone's default, and reg.2 and up
    default to none. Only what was typed at the phone itself stays; it lies in the phone's own override files.

    *own_directory* is the URL from which the phone shall boot from now on.

    Raises:
        PhoneFileError: as ``line_file``, or an URL that is too long.
    """
    silence = {
        "msg": {"msg.mwi.1.subscribe": "", "msg.mwi.1.callBackMode": "disabled"},
        "feature": {"feature.presence.enabled": "0", "feature.messaging.enabled": "0"},
        "attendant": {"attendant.uri": ""},
    }
    device = {} if own_directory is None else {"device": _boots_from(own_directory)}
    return _phone_file([registration], {**silence, **device})


def line_file(registrations: Sequence[Registration], *, own_directory: str | None = None) -> bytes:
    """The assigned phone's registrations, in the order of its line keys; all else is at the phone's default.

    *own_directory* as in ``registration_file``: for a phone that was let in without having learned it before.

    Raises:
        PhoneFileError: no registration, or a value that is empty, out of range or impossible in XML.
    """
    return _phone_file(registrations, {} if own_directory is None else {"device": _boots_from(own_directory)})


def line_parameters(line: int, registration: Registration) -> dict[str, str]:
    """The parameters of one line key, in the words of UC Software.

    Raises:
        PhoneFileError: a value that is empty or out of range.
    """
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


def _phone_file(registrations: Sequence[Registration], groups: Mapping[str, Mapping[str, str]]) -> bytes:
    if not registrations:
        raise PhoneFileError("no registration to write")
    reg: dict[str, str] = {}
    for line, registration in enumerate(registrations, start=1):
        reg |= line_parameters(line, registration)
    return write_document("polycomConfig", {}, {"reg": reg, **groups, "voIpProt": CHECK_SYNC})


def _boots_from(url: str) -> dict[str, str]:
    """What a phone writes into its flash, to boot from *url* whatever DHCP says; it restarts once if that is new.

    A ``device.`` parameter counts only with ``device.set`` and a ``.set`` of its own. Deployed servers write exactly
    these: the server's name without its scheme, with a path (``prov.example.com/dms/VVX``), HTTP or HTTPS in capitals,
    and ``Static``. In the guides of SIP 2.2 and 3.1 the boot server may be an address, a name or a URL; of the four
    choices in their DHCP menu (Option 66, Custom, Static, Custom + Option 66) Static alone uses what is in the flash,
    and an export of UC Software spells another of them as a word, ``CustomAndDefault``. Firmware before 3.3 knows
    ``device.`` parameters too, with numbers for values (sipXconfig's ``device.syslog.transport="2"``), but no document
    that we could open has those of these two, so it is not told to move.
    """
    scheme, _, name = url.partition("://")
    if len(name) > MAX_NAME_LENGTH:
        raise PhoneFileError(
            f"device.prov.serverName has {len(name)} characters, a phone reads {MAX_NAME_LENGTH} at most"
        )
    return {
        "device.set": "1",
        "device.prov.serverType": scheme.upper(),
        "device.prov.serverType.set": "1",
        "device.prov.serverName": name,
        "device.prov.serverName.set": "1",
        "device.dhcp.bootSrvUseOpt": "Static",
        "device.dhcp.bootSrvUseOpt.set": "1",
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
