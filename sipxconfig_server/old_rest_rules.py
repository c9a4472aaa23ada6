"""What the old REST does with phones (contract 1.2 to 1.6): much is swallowed, and what is not ends the request."""

import logging
import re
from collections.abc import Sequence
from typing import Final

from autoprov_phones.sipxconfig_models import SipxconfigModel
from sipxconfig_server import old_rest_failures as failures
from sipxconfig_server.old_rest_bodies import OldPhone
from sipxconfig_server.records import PhoneRecord, StoredPhone
from sipxconfig_server.store import RecordRefused
from sipxconfig_server.system import ConfigSystem

logger = logging.getLogger(__name__)

_UPDATABLE: Final = "Polycom"
_UPDATED_TO_NOTHING: Final = "polycom2.0"


def store_phones(system: ConfigSystem, phones: Sequence[OldPhone], *, takes_version: bool) -> None:
    """Store one phone after the other; an unknown model, a bad or a known serial number is skipped without a word.

    Raises:
        OldRestError: at this phone; those before it are stored, those after it are not.
    """
    for phone in phones:
        record = _record(system, phone, takes_version=takes_version)
        if record is None:
            logger.debug("phone of the old REST skipped", extra={"serial": phone.serial_number})
            continue
        try:
            system.inventory.add_phone(record)
        except RecordRefused as error:
            raise failures.record_refused(_bean_id(system.catalogue.of_stored_phone(record.model_id))) from error


def update_firmware(system: ConfigSystem, serial_number: str, version: str, model_id: str) -> bool:
    """Give the phone another version and model; False where it is none of Polycom's.

    The first version that has *version* in its name counts.

    Raises:
        OldRestError: there is no such phone or model.
    """
    phone = system.inventory.phone_with_serial(serial_number)
    if phone is None:
        raise failures.no_phone_to_update()
    if system.catalogue.of_stored_phone(phone.record.model_id).vendor != _UPDATABLE:
        return False
    model = system.catalogue.model(model_id)
    if model is None:
        raise failures.unknown_model(model_id)
    chosen = next((name for name in model.versions if version in name), _UPDATED_TO_NOTHING)
    system.catalogue.note_version(model_id, chosen)
    system.inventory.replace_phone(phone.id, PhoneRecord(serial_number, model_id, chosen, phone.record.description))
    return True


def profile_names(system: ConfigSystem, phone: StoredPhone) -> tuple[str, ...]:
    """The names of the files that sipXconfig makes for this phone; of other makes than Polycom none are known here."""
    if system.catalogue.of_stored_phone(phone.record.model_id).vendor != _UPDATABLE:
        return ()
    old = (phone.record.version or "").startswith(("polycom2", "polycom3"))
    parts = _OLD_PARTS if old else _PARTS
    serial_number = phone.record.serial_number
    return (f"{serial_number}.cfg", *(f"{serial_number}-sipx-{part}.cfg" for part in parts))


_OLD_PARTS: Final = ("sip", "phone", "device")
_PARTS: Final = (
    *("applications", "features", "reg-advanced", "region"),
    *("sip-basic", "sip-interop", "site", "video"),
)


def _record(system: ConfigSystem, phone: OldPhone, *, takes_version: bool) -> PhoneRecord | None:
    """What is to be stored; None for what sipXconfig swallows."""
    if phone.model_id is None:
        raise failures.null_pointer()
    model = system.catalogue.model(phone.model_id)
    if model is None:
        return None
    version = _version(system, model, phone.version, takes_version=takes_version)
    if phone.serial_number is None:
        raise failures.null_pointer()
    if not re.fullmatch(model.serial_number_pattern, phone.serial_number):
        return None
    if system.inventory.phone_with_serial(phone.serial_number) is not None:
        return None
    if any(map(_is_unstorable, phone.description or "")):
        raise failures.record_refused(_bean_id(model))
    return PhoneRecord(phone.serial_number, model.model_id, version, phone.description)


def _version(system: ConfigSystem, model: SipxconfigModel, wanted: str | None, *, takes_version: bool) -> str | None:
    """The last version that has *wanted* in its name; where none has, whatever the model's default is by now."""
    if takes_version and model.versions and wanted is None:
        raise failures.null_pointer()
    matches = [name for name in model.versions if wanted is not None and wanted in name]
    if not matches:
        return system.catalogue.default_version(model.model_id)
    system.catalogue.note_version(model.model_id, matches[-1])
    return matches[-1]


def _is_unstorable(character: str) -> bool:
    return character == "\0" or "\ud800" <= character <= "\udfff"


def _bean_id(model: SipxconfigModel) -> str:
    return (model.vendor or model.model_id).lower()
