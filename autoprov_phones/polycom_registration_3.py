"""The registrations that Polycom phones before UC Software 3.3 fetch: SIP 2.x, 3.0, 3.1 and 3.2 (contract 7.3).

One file, although the maker shipped two (``phone1.cfg`` and ``sip.cfg``): his guides, from SIP 1.4 on, let parameters
move from one file to another. The elements nest as in sipXconfig's files for these phones.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_document import write_document
from autoprov_phones.polycom_files import CHECK_SYNC, Registration, line_parameters
from autoprov_phones.polycom_master import OLD_MODELS

ROOT = "phone1"
LINE_KEYS = 6
"""So many are written at least, those without a line blank, whatever the model has."""
MIN_EXPIRES = timedelta(seconds=300)
"""The least that these phones may be told to ask for (guides of SIP 1.4 to 3.0); the registrar may still grant less."""
_OLD_MODEL_IDS = frozenset(f"polycom{model.rpartition('_')[2]}" for model in OLD_MODELS)
_OLD_VERSIONS = ("polycom2.", "polycom3.0", "polycom3.1", "polycom3.2")
_BLANK = ("address", "label", "displayName", "auth.userId", "auth.password", "server.1.address")
# SIP 1.4's guide has UDPonly, sipXconfig's files for 3.1 and 3.2 TCPonly; guides from 2.2 on print a capital O. A phone
# that does not know the word takes its default, which with a port given is UDP.
_TRANSPORTS = {"UDPOnly": "UDPonly", "TCPOnly": "TCPonly"}


def needs_old_form(model_id: str, version: str | None) -> bool:
    """Whether a phone reads this form alone, told by sipXconfig's ``polycom335`` and ``polycom3.2.X``.

    Should it have been upgraded since, it reads this form all the same: servers in the field give later firmware files
    with roots of many names.
    """
    return model_id in _OLD_MODEL_IDS or (version is not None and version.startswith(_OLD_VERSIONS))


def registration_file_3(registration: Registration) -> bytes:
    """The unassigned phone's one registration, without a subscription of any kind, as in ``registration_file``.

    Features have a number here, and their name is a value. The other line keys are blanked, as sipXconfig blanks them:
    what these phones do with a key that no file names is written nowhere that we could find.

    Raises:
        PhoneFileError: as ``line_file_3``.
    """
    silence = {
        "feature": {
            "feature.1.name": "presence",
            "feature.1.enabled": "0",
            "feature.2.name": "messaging",
            "feature.2.enabled": "0",
        },
        "msg/mwi": {"msg.mwi.1.subscribe": "", "msg.mwi.1.callBackMode": "disabled"},
        "attendant": {"attendant.uri": ""},
    }
    return write_document(ROOT, {}, {"reg": _lines([registration]), **silence, "voIpProt/SIP/specialEvent": CHECK_SYNC})


def line_file_3(registrations: Sequence[Registration]) -> bytes:
    """The assigned phone's registrations, in the order of its line keys.

    Raises:
        PhoneFileError: no registration, or a value that is empty, out of range or impossible in XML.
    """
    if not registrations:
        raise PhoneFileError("no registration to write")
    return write_document(ROOT, {}, {"reg": _lines(registrations), "voIpProt/SIP/specialEvent": CHECK_SYNC})


def _lines(registrations: Sequence[Registration]) -> dict[str, str]:
    reg: dict[str, str] = {}
    for line, registration in enumerate(registrations, start=1):
        patient = replace(registration, expires=max(registration.expires, MIN_EXPIRES))
        parameters = line_parameters(line, patient)
        transport = f"reg.{line}.server.1.transport"
        parameters[transport] = _TRANSPORTS.get(parameters[transport], parameters[transport])
        reg |= parameters
    for line in range(len(registrations) + 1, LINE_KEYS + 1):
        reg |= {f"reg.{line}.{name}": "" for name in _BLANK}
    return reg
