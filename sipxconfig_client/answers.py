"""sipXconfig's JSON answers, read strictly: what is not exactly an answer of its API is none (contract 2.2).

Unknown fields are allowed, since later versions may add some; a known field that is absent or of another type is not.
"""

import json
from collections.abc import Sequence
from typing import cast

from sipxconfig_client.values import Line, Model, Phone


class NotSipxconfigError(ValueError):
    """The text is no answer of sipXconfig's API."""


def read_phone(body: bytes) -> Phone:
    """One phone.

    Raises:
        NotSipxconfigError: the only exception of this module, whatever the body holds.
    """
    return _phone(_parsed(body))


def read_phones(body: bytes) -> list[Phone]:
    """A page of phones, in the order sent."""
    return [_phone(item) for item in _items(_object(_parsed(body)), "phones")]


def read_models(body: bytes) -> list[Model]:
    """The models, in the order sent."""
    return [_model(item) for item in _items(_object(_parsed(body)), "models")]


def read_lines(body: bytes) -> list[Line]:
    """The lines of one phone, in the order of its line keys."""
    return [_line(item) for item in _items(_object(_parsed(body)), "lines")]


def read_id(body: bytes) -> int:
    """The bare id that answers a create or an update."""
    return _id(_parsed(body))


def _parsed(body: bytes) -> object:
    try:
        return cast("object", json.loads(body))
    except (ValueError, RecursionError) as error:
        raise NotSipxconfigError("not JSON") from error


def _phone(value: object) -> Phone:
    fields = _object(value)
    model = _model(_field(fields, "model"))
    return Phone(
        id=_id(_field(fields, "id")),
        serial_number=_text(fields, "serialNo"),
        model_id=model.model_id,
        model_label=model.label,
        version=_text_or_none(fields, "deviceVersion"),
        description=_text_or_none(fields, "description") or "",
        lines=_lines(_field(fields, "lines")),
    )


def _lines(value: object) -> tuple[Line, ...]:
    """``null`` is the one sign of an unassigned phone; a phone without the field is no phone."""
    return () if value is None else tuple(_line(item) for item in _array(value))


def _line(value: object) -> Line:
    fields = _object(value)
    return Line(
        user_id=_text_or_none(fields, "userId") or "",
        display_name=_text_or_none(fields, "displayName") or "",
        password=_text_or_none(fields, "password") or "",
        registration_server=_text_or_none(fields, "registrationServer") or "",
        registration_server_port=_port(_text_or_none(fields, "registrationServerPort") or ""),
        user=_text_or_none(fields, "user"),
        voicemail=_text_or_none(fields, "voicemail"),
    )


def _port(text: str) -> int | None:
    """What a person typed: one line's odd text must not make the whole page of phones unreadable."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= 5
    return int(text) or None if is_number else None


def _model(value: object) -> Model:
    fields = _object(value)
    versions = _field(fields, "versions")
    names = () if versions is None else tuple(_as_text(name, "versions") for name in _array(versions))
    return Model(_text(fields, "modelId"), _text(fields, "label"), _text_or_none(fields, "vendor"), names)


def _id(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise NotSipxconfigError("not an id")
    return value


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise NotSipxconfigError("not an object")
    return cast("dict[str, object]", value)


def _array(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise NotSipxconfigError("not a list")
    return cast("list[object]", value)


def _items(fields: dict[str, object], name: str) -> Sequence[object]:
    return _array(_field(fields, name))


def _field(fields: dict[str, object], name: str) -> object:
    if name not in fields:
        raise NotSipxconfigError(f"no field {name}")
    return fields[name]


def _text_or_none(fields: dict[str, object], name: str) -> str | None:
    value = _field(fields, name)
    return None if value is None else _as_text(value, name)


def _text(fields: dict[str, object], name: str) -> str:
    return _as_text(_field(fields, name), name)


def _as_text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise NotSipxconfigError(f"{name} is not a text")
    return value
