"""What clients send, read as strictly and as laxly as sipXconfig does (contract 2.1, 2.3)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, cast

from sipxconfig_server import failures
from sipxconfig_server.xml_trees import Tree, XmlError, read_xml

_PHONE_FIELDS: Final = frozenset({"id", "serialNo", "deviceVersion", "description", "model", "lines", "groups"})
_MODEL_FIELDS: Final = frozenset({"modelId", "label", "vendor", "versions"})
_GROUP_FIELDS: Final = frozenset({"id", "name", "description", "weight", "count"})
_LINE_FIELDS: Final = frozenset(
    {
        *("id", "uri", "user", "userId", "extension", "displayName", "password"),
        *("registrationServer", "registrationServerPort", "voicemail"),
    }
)


@dataclass(frozen=True, slots=True)
class ModelBody:
    """The model of a phone to be created."""

    model_id: str | None


@dataclass(frozen=True, slots=True)
class PhoneBody:
    """A phone as a client writes it; everything may be missing. Lines in it are not read, of groups the names."""

    serial_number: str | None
    version: str | None
    description: str | None
    model: ModelBody | None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineBody:
    """A line as a client writes it; with *user* nothing else counts."""

    user: str | None
    user_id: str | None
    display_name: str | None
    password: str | None = field(repr=False)
    registration_server: str | None
    registration_server_port: str | None


def read_phone(body: bytes, *, content_type: str) -> PhoneBody | None:
    """The phone in a request's body; None for JSON's ``null``.

    Raises:
        ApiError: the only exception of this module, whatever the body holds.
    """
    tree = _tree(body, content_type=content_type, root="Phone", bean="PhoneBean", known=_PHONE_FIELDS)
    if tree is None:
        return None
    return PhoneBody(
        serial_number=_text(tree, "serialNo"),
        version=_text(tree, "deviceVersion"),
        description=_text(tree, "description"),
        model=_model(tree.get("model")),
        groups=tuple(_group_names(tree.get("groups"))),
    )


def read_ids(body: bytes, *, content_type: str) -> list[int]:
    """The phones' ids in a request for many phones, which is JSON alone."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise failures.client_error(415, "Unsupported Media Type")
    tree = _json_tree(body, bean="PhoneListBean", known=frozenset({"ids"}))
    ids = tree.get("ids") if tree is not None else None
    if not isinstance(ids, list):
        raise failures.null_pointer()
    found = [number for number in cast("list[object]", ids) if isinstance(number, int)]
    if len(found) != len(cast("list[object]", ids)):
        raise failures.wrong_shape("java.lang.Integer", "VALUE_STRING")
    return found


def read_line(body: bytes, *, content_type: str) -> LineBody | None:
    """The line in a request's body; None for JSON's ``null``."""
    tree = _tree(body, content_type=content_type, root="Line", bean="LineBean", known=_LINE_FIELDS)
    if tree is None:
        return None
    return LineBody(
        user=_text(tree, "user"),
        user_id=_text(tree, "userId"),
        display_name=_text(tree, "displayName"),
        password=_text(tree, "password"),
        registration_server=_text(tree, "registrationServer"),
        registration_server_port=_text(tree, "registrationServerPort"),
    )


def _tree(body: bytes, *, content_type: str, root: str, bean: str, known: frozenset[str]) -> Tree | None:
    match content_type.partition(";")[0].strip().lower():
        case "application/json":
            return _json_tree(body, bean=bean, known=known)
        case "application/xml" | "text/xml":
            try:
                return read_xml(body, root=root)
            except XmlError as error:
                raise failures.not_the_xml() from error
        case "":
            raise failures.no_media_type()
        case _:
            raise failures.client_error(415, "Unsupported Media Type")


def _json_tree(body: bytes, *, bean: str, known: frozenset[str]) -> Tree | None:
    """The object, its model included, with no field that Jackson would not know; XML may have any."""
    if not body.strip():
        raise failures.empty_body()
    try:
        value = cast("object", json.loads(body))
    except (ValueError, RecursionError) as error:
        raise failures.not_json("Unexpected character or end-of-input") from error
    if value is None:
        return None
    tree = _bean(value, bean=bean, known=known)
    model = tree.get("model")
    if model is not None:
        _bean(model, bean="ModelBean", known=_MODEL_FIELDS)
    return tree


def _model(value: object) -> ModelBody | None:
    return ModelBody(_text(cast("Tree", value), "modelId")) if isinstance(value, dict) else None


def _group_names(value: object) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, list):
        raise failures.wrong_shape("java.util.ArrayList", _token(value))
    for item in cast("list[object]", value):
        name = _text(_bean(item, bean="GroupBean", known=_GROUP_FIELDS), "name")
        if name:
            yield name


def _bean(value: object, *, bean: str, known: frozenset[str]) -> Tree:
    if not isinstance(value, dict):
        raise failures.wrong_shape(f"org.sipfoundry.sipxconfig.api.model.{bean}", _token(value))
    tree = cast("Tree", value)
    unknown = next((name for name in tree if name not in known), None)
    if unknown is not None:
        raise failures.unknown_property(unknown, bean)
    return tree


def _text(tree: Tree, name: str) -> str | None:
    """A text, or a number or truth value as text.

    What no database can hold is refused with its words: half a surrogate pair, and NUL.
    """
    value = tree.get(name)
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise failures.wrong_shape("java.lang.String", _token(cast("object", value)))
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise failures.data_integrity(f"{name} holds a character that cannot be stored")
    return text


def _token(value: object) -> str:
    match value:
        case dict():
            return "START_OBJECT"
        case list():
            return "START_ARRAY"
        case str():
            return "VALUE_STRING"
        case _:
            return "VALUE_NUMBER_INT"
