"""The phones that a request to the old REST names (contract 1.1)."""

from dataclasses import dataclass
from typing import Final

from sipxconfig_server import old_rest_failures as failures
from sipxconfig_server.old_rest_nodes import Node, read_node

_LISTS: Final = ("phones", "list")
_FIELDS: Final = ("serialNumber", "model", "description", "version")
_MEMBER_PREFIX: Final = "m_"


@dataclass(frozen=True, slots=True)
class OldPhone:
    """A phone as a client writes it, white space and all; everything may be missing."""

    serial_number: str | None
    model_id: str | None
    description: str | None
    version: str | None


def read_phones(body: bytes, *, content_type: str, takes_version: bool) -> list[OldPhone]:
    """All phones of the request, in its order.

    Raises:
        OldRestError: one of them is not as it should be; then none is to be stored.
    """
    root = read_node(body, content_type=content_type)
    if root.name == "phone":
        _phone(root, takes_version=takes_version)
        raise failures.no_list()
    if root.name not in _LISTS:
        raise failures.unknown_root(root.name)
    return [_phone(child, takes_version=takes_version) for child in root.children]


def _phone(node: Node, *, takes_version: bool) -> OldPhone:
    if node.name != "phone":
        raise failures.no_phone(node.name)
    known = _FIELDS if takes_version else _FIELDS[:-1]
    found: dict[str, str] = {}
    for child in node.children:
        name = child.name.removeprefix(_MEMBER_PREFIX)
        if name not in known:
            raise failures.unknown_field(child.name)
        if name in found:
            raise failures.duplicate_field(name)
        found[name] = child.text
    return OldPhone(found.get("serialNumber"), found.get("model"), found.get("description"), found.get("version"))
