"""What sipXconfig does with phones and lines, checks in its order (contract 2.3 to 2.5), over the inventory."""

import logging
import re
from collections.abc import Callable

from autoprov_phones.sipxconfig_models import SipxconfigModel
from sipxconfig_server import failures
from sipxconfig_server.bodies import LineBody, PhoneBody
from sipxconfig_server.failures import ApiError
from sipxconfig_server.records import ExternalAccount, PhoneRecord, StoredLine, StoredPhone
from sipxconfig_server.store import Inventory, NoRoomForLine, RecordRefused
from sipxconfig_server.system import ConfigSystem

logger = logging.getLogger(__name__)

_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")


def java_int(text: str) -> int | None:
    """The number as Java's 32-bit integer; None for any other text."""
    number = int(text) if _INTEGER.fullmatch(text) else None
    return number if number is not None and -(2**31) <= number < 2**31 else None


def find_phone(system: ConfigSystem, key: str, *, unknown_serial: Callable[[], ApiError]) -> StoredPhone:
    """The phone of an id or a serial number: what reads as a 32-bit number is an id, even if it is a MAC address.

    Raises:
        ApiError: there is none; *unknown_serial* makes the answer for a serial number.
    """
    phone_id = java_int(key)
    found = system.inventory.phone_with_serial(key) if phone_id is None else system.inventory.phone(phone_id)
    if found is None:
        raise unknown_serial() if phone_id is None else failures.no_row("Phone", phone_id)
    system.catalogue.note_version(found.record.model_id, found.record.version)
    return found


def find_line(inventory: Inventory, key: str) -> StoredLine:
    """The line of an id; whose phone the path named is not asked."""
    line_id = java_int(key)
    if line_id is None:
        raise failures.client_error(404, "Not Found")
    found = inventory.line(line_id)
    if found is None:
        raise failures.no_row("Line", line_id)
    return found


def create_phone(system: ConfigSystem, body: PhoneBody | None) -> int:
    """The id of the new phone."""
    if body is None:
        raise failures.null_pointer()
    if body.model is None:
        raise failures.no_model()
    if body.model.model_id is None:
        raise failures.null_pointer()
    model = system.catalogue.model(body.model.model_id)
    if model is None:
        raise failures.unknown_model(body.model.model_id)
    record = _checked(system, body, model, phone_id=None)
    try:
        phone_id = system.inventory.add_phone(record)
    except RecordRefused as error:
        raise failures.data_integrity(str(error)) from error
    _join(system, phone_id, body)
    logger.debug("phone stored", extra={"serial": record.serial_number, "phone_id": phone_id})
    return phone_id


def update_phone(system: ConfigSystem, phone: StoredPhone, body: PhoneBody | None) -> None:
    """Replace serial number, version and description; what the body leaves out is gone, the model stays.

    The body's groups are added to the phone's.
    """
    if body is None:
        raise failures.null_pointer()
    model = system.catalogue.of_stored_phone(phone.record.model_id)
    try:
        system.inventory.replace_phone(phone.id, _checked(system, body, model, phone_id=phone.id))
    except RecordRefused as error:
        raise failures.data_integrity(str(error)) from error
    _join(system, phone.id, body)


def add_line(system: ConfigSystem, phone: StoredPhone, body: LineBody | None) -> None:
    """Add the line of a user, or of an account elsewhere where the body names none."""
    if body is None:
        raise failures.null_pointer()
    owner = _external_account(body) if body.user is None else system.inventory.user(body.user)
    if owner is None:
        raise failures.user_not_found()
    model = system.catalogue.of_stored_phone(phone.record.model_id)
    try:
        system.inventory.add_line(phone.id, owner, max_lines=model.max_line_count)
    except NoRoomForLine as error:
        raise failures.too_many_lines() from error
    except RecordRefused as error:
        raise failures.data_integrity(str(error)) from error


def _join(system: ConfigSystem, phone_id: int, body: PhoneBody) -> None:
    for name in body.groups:
        system.inventory.groups.add_phone(phone_id, name)


def _external_account(body: LineBody) -> ExternalAccount:
    return ExternalAccount(
        user_id=body.user_id,
        display_name=body.display_name,
        password=body.password,
        registration_server=body.registration_server,
        registration_server_port=body.registration_server_port,
    )


def _checked(system: ConfigSystem, body: PhoneBody, model: SipxconfigModel, *, phone_id: int | None) -> PhoneRecord:
    """The record to be written. Between this check and the write another thread may win: the index decides."""
    if body.serial_number is None:
        raise failures.null_pointer()
    if not re.fullmatch(model.serial_number_pattern, body.serial_number):
        raise failures.invalid_serial()
    holder = system.inventory.phone_with_serial(body.serial_number)
    if holder is not None and holder.id != phone_id:
        raise failures.duplicate_serial()
    # Any other text is stored as none (contract 2.4).
    version = body.version if body.version in system.catalogue.version_names(model.vendor) else None
    system.catalogue.note_version(model.model_id, version)
    return PhoneRecord(body.serial_number, model.model_id, version, body.description)
