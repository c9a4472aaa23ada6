"""A body of the old REST as one tree, be it XML or the JSON that is written for it (contract 1.1)."""

import json
from dataclasses import dataclass
from typing import Final, cast

from lxml import etree

from sipxconfig_server import old_rest_failures as failures
from sipxconfig_server.xml_trees import safe_parser

_NOT_JSON: Final = "org.codehaus.jettison.json.JSONException: A JSONObject text must begin with '{' at character 1 of "
_NOT_WHOLE: Final = "XML document structures must start and end within the same entity."
_XERCES_WORDS: Final = (
    ("xmlParseEntityRef: no name", "The entity name must immediately follow the '&' in the entity reference."),
    ("StartTag: invalid element", "The content of elements must consist of well-formed character data or markup."),
    ("Document is empty", "Premature end of file."),
    ("Start tag expected", "Content is not allowed in prolog."),
    ("Invalid bytes", "Invalid byte 1 of 1-byte UTF-8 sequence."),
    ("Input is not proper UTF-8", "Invalid byte 1 of 1-byte UTF-8 sequence."),
)


@dataclass(frozen=True, slots=True)
class Node:
    """An element; *text* is what stands in itself, without its children's."""

    name: str
    text: str
    children: tuple["Node", ...] = ()


def read_node(body: bytes, *, content_type: str) -> Node:
    """The root. Any type but JSON's, none and all means XML.

    Raises:
        OldRestError: the only exception of this module, whatever the body holds.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    return _from_json(body) if media_type in ("", "*/*", "application/json") else _from_xml(body)


def _from_xml(body: bytes) -> Node:
    try:
        root = etree.fromstring(body, safe_parser())
    except etree.XMLSyntaxError as error:
        reason = "Document is empty" if not body.strip() else str(error.msg)
        words = (said for opening, said in _XERCES_WORDS if reason.startswith(opening))
        raise failures.unreadable(next(words, _NOT_WHOLE)) from error
    return _element(root)


def _element(element: etree._Element) -> Node:  # pyright: ignore[reportPrivateUsage] - lxml has no public name for it
    parts = [element.text, *(child.tail for child in element)]
    # An entity that the document does not spell out is a node of no name; it stays empty.
    children = tuple(_element(child) for child in element if isinstance(cast("object", child.tag), str))
    return Node(_name(element), "".join(part for part in parts if part), children)


def _name(element: etree._Element) -> str:  # pyright: ignore[reportPrivateUsage] - as above
    """As written, for sipXconfig's parser knows no namespaces; two underscores are how XStream writes one."""
    local = etree.QName(element).localname
    written = f"{element.prefix}:{local}" if element.prefix else local
    return written.replace("__", "_")


def _from_json(body: bytes) -> Node:
    text = body.decode(errors="replace")
    if not text.lstrip().startswith("{"):
        raise failures.unreadable(_NOT_JSON + text)
    try:
        value = cast("object", json.loads(text))
    except (ValueError, RecursionError) as error:
        raise failures.unreadable("org.codehaus.jettison.json.JSONException: Expected a value") from error
    roots = _nodes(cast("dict[str, object]", value))
    if not roots:
        raise failures.unreadable("java.util.NoSuchElementException")
    return roots[0]


def _nodes(fields: dict[str, object]) -> tuple[Node, ...]:
    """One node a field; of a list, as many of that name as it has items."""
    return tuple(
        _node(name, item)
        for name, value in fields.items()
        for item in (cast("list[object]", value) if isinstance(value, list) else [value])
    )


def _node(name: str, value: object) -> Node:
    match value:
        case dict():
            return Node(name, "", _nodes(cast("dict[str, object]", value)))
        case bool():
            return Node(name, str(value).lower())
        case None:
            return Node(name, "")
        case _:
            return Node(name, str(value))
