"""What is sent to sipXconfig: JSON objects that hold only fields it knows, for it answers 500 to any other."""

from autoprov_phones.description import MAX_LENGTH
from sipxconfig_client.errors import Refused
from sipxconfig_client.values import ExternalLine, Line, NewPhone, Phone, UserLine

JsonObject = dict[str, object]


def new_phone_body(new: NewPhone) -> JsonObject:
    """A phone to be created."""
    return _phone_body(str(new.mac), new.model_id, new.version, new.description)


def update_body(phone: Phone, description: str) -> JsonObject:
    """The phone as it is, but for its Description: a field left out would be wiped (contract 2.3)."""
    return _phone_body(phone.serial_number, phone.model_id, phone.version, description)


def line_body(line: UserLine | ExternalLine) -> JsonObject:
    """A line to be added; sipXconfig writes ports as text."""
    if isinstance(line, UserLine):
        return {"user": line.user}
    port = line.registration_server_port
    return {
        "userId": line.user_id,
        "displayName": line.display_name,
        "password": line.password,
        "registrationServer": line.registration_server,
        "registrationServerPort": None if port is None else str(port),
        "voicemail": line.voicemail,
    }


def is_same_line(wanted: UserLine | ExternalLine, there: Line) -> bool:
    """Whether the line that is there may be the one that was sent."""
    if isinstance(wanted, UserLine):
        return there.user is not None
    return there.user is None and there.user_id == wanted.user_id


def _phone_body(serial_number: str, model_id: str, version: str | None, description: str) -> JsonObject:
    """One phone.

    Raises:
        Refused: the Description is longer than the database's column, which would answer with a riddle.
    """
    if len(description) > MAX_LENGTH:
        raise Refused(f"the Description has {len(description)} characters; the config system holds {MAX_LENGTH}")
    return {
        "serialNo": serial_number,
        "deviceVersion": version,
        "description": description,
        "model": {"modelId": model_id},
    }
