"""Which answer a phone gets: a function of its request, of what is known of its MAC, and of the settings.

A working phone is never hijacked: Polycoms try ``000000000000.cfg`` after any failure of ``<mac>.cfg``, a hiccup
included, and come from there to the registration file. So a MAC that has a line gets its own line under that
name too, and a MAC of which we cannot say gets 503.
"""

from typing import assert_never

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import issue_phone_tag
from autoprov_phones.polycom_files import (
    TRANSPORT_WORDS,
    Registration,
    bootstrap_file,
    line_file_name,
    master_file_name,
    registration_file,
    registration_file_name,
)
from autoprov_phones.requested_file import FileKind, RequestedFile, read_file_name
from autoprov_phones.sip_password import derive_sip_password
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_web.answer import Answer, accepted_and_dropped, not_found, phone_file, try_later
from autoprov_web.phone_request import PhoneRequest, file_name
from autoprov_web.spool_reader import CannotTell, Knowledge, Stranger
from autoprov_web.web_settings import WebSettings

_ANY_MAC = MacAddress("000000000000")
_MAC_VARIABLE = "[PHONE_MAC_ADDRESS]"
"""A Polycom puts its twelve digits here (phones 1.3)."""


def requested_file(request: PhoneRequest, settings: WebSettings) -> RequestedFile:
    """What the request's path asks for; a path outside the prefix is a file that nobody has."""
    name = file_name(request.path, prefix=settings.path_prefix)
    return RequestedFile(FileKind.OTHER, request.path) if name is None else read_file_name(name)


def answer(
    request: PhoneRequest, requested: RequestedFile, *, knowledge: Knowledge | None, settings: WebSettings
) -> Answer:
    """The answer to *request*; *knowledge* is of the MAC in *requested*, None where there is no MAC in it."""
    if request.method == "PUT" and requested.name.endswith(".log"):
        return accepted_and_dropped()
    if request.method not in ("GET", "HEAD"):
        return not_found("method not served")
    if requested.kind is FileKind.BOOTSTRAP:
        return phone_file(bootstrap(settings), verdict="bootstrap file")
    if requested.mac is None or knowledge is None:
        return not_found()
    return _answer_of_phone(requested.kind, requested.mac, knowledge, settings)


def bootstrap(settings: WebSettings) -> bytes:
    """The one bootstrap file of this installation.

    Raises:
        PhoneFileError: the settings hold a URL that a phone cannot read.
    """
    # The phone puts its own MAC into the name that any other phone's file would have.
    name = registration_file_name(_ANY_MAC).replace(str(_ANY_MAC), _MAC_VARIABLE)
    return bootstrap_file(config_files=[f"{settings.phone_url}/{name}"])


def registration(mac: MacAddress, *, generation: int, settings: WebSettings) -> Answer:
    """The registration file of an unassigned phone, under whose ID it will stand on the superadmin's page.

    Raises:
        PhoneFileError: the settings hold a value that no phone file can carry; of that kind whatever the MAC.
    """
    tag = issue_phone_tag(mac, key=settings.key, generation=generation, length=settings.unique_id_length)
    content = registration_file(
        Registration(
            address=settings.autoprovision_user,
            auth_user=settings.autoprovision_user,
            password=_sip_password(mac, settings),
            label=str(tag.unique_id),
            display_name=str(tag),
            server_host=settings.registrar_host,
            server_port=settings.registrar_port,
            transport=TRANSPORT_WORDS[settings.registrar_transport],
            expires=settings.registration_expires,
        )
    )
    return phone_file(content, verdict="registration file", unique_id=tag.unique_id)


def _sip_password(mac: MacAddress, settings: WebSettings) -> str:
    if settings.shared_password is not None:
        return settings.shared_password
    return derive_sip_password(mac, key=settings.key)


def _answer_of_phone(kind: FileKind, mac: MacAddress, knowledge: Knowledge, settings: WebSettings) -> Answer:
    match kind:
        case FileKind.MASTER:
            own = _own_file(master_file_name(mac), "own master file", knowledge, settings)
            return own or not_found("no line yet")
        case FileKind.LINES:
            own = _own_file(line_file_name(mac), "own line file", knowledge, settings)
            return own or not_found("no line yet")
        case FileKind.REGISTRATION:
            own = _own_file(line_file_name(mac), "own line file", knowledge, settings)
            return own or registration(mac, generation=_generation(knowledge), settings=settings)
        case FileKind.OTHER_OF_PHONE | FileKind.OTHER | FileKind.BOOTSTRAP:
            return not_found()


def _own_file(name: str, verdict: str, knowledge: Knowledge, settings: WebSettings) -> Answer | None:
    """An assigned phone's own file, or 503 where we have none or cannot tell; None for a phone without a line."""
    match knowledge:
        case CannotTell(doubt):
            return try_later(doubt.value, retry_after=settings.retry_after)
        case SpoolEntry(state=PhoneState.ASSIGNED, files=files):
            if name in files:
                return phone_file(files[name], verdict=verdict)
            return try_later("assigned, but its own file is not here", retry_after=settings.retry_after)
        case SpoolEntry() | Stranger():
            return None
        case _:
            assert_never(knowledge)


def _generation(knowledge: Knowledge) -> int:
    return knowledge.generation if isinstance(knowledge, SpoolEntry) else 0
