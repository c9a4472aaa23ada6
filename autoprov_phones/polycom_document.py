"""The XML document that a Polycom phone fetches: attributes named by parameter, elements that merely group them."""

import re
from collections.abc import Mapping

from lxml import etree

from autoprov_phones.phone_file_error import PhoneFileError

# What every server in the field sends, double quotes included; the boot ROM's reader is not known to be a full one.
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TEXT = re.compile(r"[ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


def is_text(value: str) -> bool:
    """Whether XML can hold *value*, and a phone show it on one line: no control character, no half surrogate pair."""
    return _TEXT.fullmatch(value) is not None


def checked_text(field: str, value: str) -> str:
    """*value*, if it ``is_text``.

    Raises:
        PhoneFileError: it is not.
    """
    if not is_text(value):
        raise PhoneFileError(f"{field} holds a character that a phone file cannot carry")
    return value


def write_document(root: str, attributes: Mapping[str, str], groups: Mapping[str, Mapping[str, str]]) -> bytes:
    """The file's bytes, UTF-8: *attributes* on the root, and for each group an element with the group's attributes.

    A group is named by its path of elements below the root: ``reg``, ``voIpProt/SIP/specialEvent``.

    Raises:
        PhoneFileError: a value that no phone file can carry.
    """
    document = etree.Element(root, _checked(attributes))
    for path, parameters in groups.items():
        element = document
        for name in path.split("/"):
            existing = element.find(name)
            element = etree.SubElement(element, name) if existing is None else existing
        for name, value in _checked(parameters).items():
            element.set(name, value)
    return _DECLARATION + etree.tostring(document, encoding="UTF-8", xml_declaration=False, pretty_print=True)


def _checked(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: checked_text(name, value) for name, value in attributes.items()}
