"""The API's XML, written from and read into the same trees as its JSON (contract 2.2)."""

import re
from typing import Final, cast

from lxml import etree

Tree = dict[str, object]

_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_LISTS: Final = {name: name.capitalize() for name in ("phones", "models", "lines", "versions", "groups", "settings")}
"""A list's element; its items are called like it, less the s."""
_OBJECTS: Final = {"model": "Model"}
_FIELDS: Final = {element: field for field, element in _OBJECTS.items()}
_LIST_READ: Final = "Groups"
"""The one list that anybody reads from a request."""
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlError(ValueError):
    """The bytes are no XML, or their root is another element."""


def write_xml(name: str, value: object, *, declared: bool = True) -> bytes:
    """A document: a list under its field's name (``phones``), or one object under its element's (``Phone``).

    None is left out; a character that XML cannot hold becomes U+FFFD. Not *declared*, it is a part of a document.
    """
    holder = etree.Element("holder")
    _append(holder, name, value)
    return (_DECLARATION if declared else b"") + etree.tostring(holder[0], encoding="unicode").encode()


def xml_frame(name: str) -> tuple[bytes, str, bytes]:
    """What opens the document of a list (``phones``), its items' element, and what closes it."""
    element = _LISTS[name]
    return _DECLARATION + f"<{element}>".encode(), element.removesuffix("s"), f"</{element}>".encode()


def read_xml(body: bytes, *, root: str) -> Tree:
    """The fields under the root. Elements in any order, of any name; an unknown one is a field that nobody reads.

    No external entity is loaded, unlike sipXconfig's (contract 10).

    Raises:
        XmlError: the only exception, whatever the body holds.
    """
    try:
        element = etree.fromstring(body, safe_parser())
    except etree.XMLSyntaxError as error:
        raise XmlError("not XML") from error
    if element.tag != root:
        raise XmlError(f"not a {root}")
    return _fields(element)


def safe_parser() -> etree.XMLParser:
    """A parser that loads nothing from anywhere; only entities that the document itself spells out are replaced."""
    return etree.XMLParser(no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)


def _append(parent: etree._Element, name: str, value: object) -> None:  # pyright: ignore[reportPrivateUsage] - lxml has no public name for its element's type
    if value is None:
        return
    if isinstance(value, list):
        container = etree.SubElement(parent, _LISTS[name])
        for item in cast("list[object]", value):
            _append(container, _LISTS[name].removesuffix("s"), item)
    elif isinstance(value, dict):
        child = etree.SubElement(parent, _OBJECTS.get(name, name))
        for key, field in cast("Tree", value).items():
            _append(child, key, field)
    else:
        etree.SubElement(parent, name).text = _NOT_XML.sub("\ufffd", str(value))


def _fields(element: etree._Element) -> Tree:  # pyright: ignore[reportPrivateUsage] - as above
    fields: Tree = {}
    for child in element:
        name = str(child.tag)
        if name in _FIELDS:
            fields[_FIELDS[name]] = _fields(child)
        elif name == _LIST_READ:
            fields["groups"] = [_fields(item) for item in child if item.tag == "Group"]
        elif len(child) == 0 and name not in _OBJECTS:
            fields[name] = child.text or ""
    return fields
