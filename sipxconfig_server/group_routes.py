"""The paths of groups: a phone's own, and all (contract 2.3)."""

from collections.abc import Iterator

from flask import Response

from sipxconfig_server import failures
from sipxconfig_server.media import bare, written
from sipxconfig_server.representations import group_tree
from sipxconfig_server.rules import find_phone
from sipxconfig_server.system import ConfigSystem
from sipxconfig_server.views import Route


class GroupRoutes:
    """The views over one config system. *key* in a path is a phone's id or serial number, *name* a group's."""

    def __init__(self, system: ConfigSystem) -> None:
        self._system = system
        self._groups = system.inventory.groups

    def table(self) -> Iterator[Route]:
        """Path, method and view of each route."""
        yield "/phoneGroups", "GET", self.list_all
        yield "/phones/<key>/groups", "GET", self.list_of_phone
        yield "/phones/<key>/groups", "DELETE", self.leave
        yield "/phones/<key>/groups/<name>", "POST", self.join
        yield "/phones/<key>/groups/<name>", "DELETE", self.leave

    def list_all(self, media_type: str) -> Response:
        """All groups and how many phones each has."""
        trees = [group_tree(group, count=count) for group, count in self._groups.all_with_counts()]
        return written("groups", trees, media_type=media_type)

    def list_of_phone(self, media_type: str, key: str) -> Response:
        """The phone's groups."""
        phone = find_phone(self._system, key, unknown_serial=failures.no_such_serial)
        return written("groups", [group_tree(group) for group in phone.groups], media_type=media_type)

    def join(self, media_type: str, key: str, name: str) -> Response:
        """Nothing; the group is made if it is missing."""
        phone = find_phone(self._system, key, unknown_serial=failures.no_such_serial)
        self._groups.add_phone(phone.id, name)
        return bare("", media_type=media_type)

    def leave(self, media_type: str, key: str, name: str | None = None) -> Response:
        """Nothing; the group stays, even without a phone."""
        phone = find_phone(self._system, key, unknown_serial=failures.no_such_serial)
        self._groups.remove_phone(phone.id, name)
        return bare("", media_type=media_type)
