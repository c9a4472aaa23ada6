"""The two forms of "Assign": what was typed becomes a line, or a reason why it cannot. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sipxconfig_client.values import ExternalLine, UserLine

MAX_TEXT = 255
"""sipXconfig's columns."""


class FormKind(Enum):
    """Which of the two forms was sent."""

    USER = "user"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class FormError:
    """What is wrong with what was typed, in words for the one who typed it."""

    text: str


def read_assignment(form: Mapping[str, str]) -> UserLine | ExternalLine | FormError:
    """The line that the form asks for. Blanks around a value are not part of it, except in a password."""
    if any(len(value) > MAX_TEXT for value in form.values()):
        return FormError(f"No field takes more than {MAX_TEXT} characters.")
    if read_kind(form) is FormKind.EXTERNAL:
        return _external_line(form)
    user = form.get("user", "").strip()
    return UserLine(user) if user else FormError("Type the user’s name or number.")


def read_kind(form: Mapping[str, str]) -> FormKind:
    """A user's line, unless the form says the other."""
    return FormKind.EXTERNAL if form.get("kind") == FormKind.EXTERNAL.value else FormKind.USER


def typed_values(form: Mapping[str, str]) -> dict[str, str]:
    """What may stand in the form again after an error: everything but the password."""
    return {name: form.get(name, "")[:MAX_TEXT] for name in ("user", "user_id", "display_name", "registrar", "port")}


def _external_line(form: Mapping[str, str]) -> ExternalLine | FormError:
    user_id, registrar = form.get("user_id", "").strip(), form.get("registrar", "").strip()
    port = form.get("port", "").strip()
    password = form.get("password", "")
    if not (user_id and registrar and password):
        return FormError("User ID, SIP password and registrar are all needed.")
    if not (port.isascii() and port.isdecimal() and 1 <= int(port) <= 65535):
        return FormError("The port is a number from 1 to 65535.")
    return ExternalLine(
        user_id=user_id,
        display_name=form.get("display_name", "").strip(),
        password=password,
        registration_server=registrar,
        registration_server_port=int(port),
    )
