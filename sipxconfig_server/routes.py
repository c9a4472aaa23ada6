"""The paths under ``/phones`` and what each does; groups and profiles have their own modules."""

from collections.abc import Iterator

from flask import Response, request

from sipxconfig_server import failures
from sipxconfig_server.bodies import read_line, read_phone
from sipxconfig_server.media import bare, streamed, written
from sipxconfig_server.records import StoredPhone
from sipxconfig_server.representations import line_tree, model_tree, phone_tree
from sipxconfig_server.rules import add_line, create_phone, find_line, find_phone, java_int, update_phone
from sipxconfig_server.system import ConfigSystem
from sipxconfig_server.views import Route
from sipxconfig_server.xml_trees import Tree


class PhoneRoutes:
    """The views over one config system. *key* in a path is an id or a serial number."""

    def __init__(self, system: ConfigSystem) -> None:
        self._system = system

    def table(self) -> Iterator[Route]:
        """Path, method and view of each route."""
        yield "/phones", "GET", self.list_phones
        yield "/phones", "POST", self.create
        yield "/phones/models", "GET", self.list_models
        yield "/phones/line", "GET", self.list_phones_with_line
        yield "/phones/<key>", "GET", self.show
        yield "/phones/<key>", "PUT", self.update
        yield "/phones/<key>", "DELETE", self.delete
        yield "/phones/<key>/lines", "GET", self.list_lines
        yield "/phones/<key>/lines", "POST", self.add_line
        yield "/phones/<key>/lines", "DELETE", self.delete_lines
        yield "/phones/<key>/lines/<line_key>", "GET", self.show_line
        yield "/phones/<key>/lines/<line_key>", "DELETE", self.delete_line
        yield "/phones/<key>/settings", "GET", self.list_settings
        yield "/phones/<key>/settings/<path:path>", "GET", self.no_setting
        yield "/phones/<key>/settings/<path:path>", "PUT", self.put_setting

    def list_phones(self, media_type: str) -> Response:
        """A page, or all where not both of start and limit are given. ``unassigned=true`` is our own: without lines."""
        start, limit = _int_argument("start"), _int_argument("limit")
        unassigned = request.args.get("unassigned") == "true"
        if start is None or limit is None or (start <= 0 and limit <= 0):
            phones = self._system.inventory.every_phone(unassigned=unassigned)
            return streamed("phones", map(self._tree, phones), media_type=media_type)
        page = self._system.inventory.phones(
            start=max(0, start), limit=limit if limit > 0 else None, unassigned=unassigned
        )
        return written("phones", [self._tree(phone) for phone in page], media_type=media_type)

    def list_phones_with_line(self, media_type: str) -> Response:
        """Those with a line that has ``lineFilter`` in its name; one may appear twice, as with sipXconfig."""
        found = self._system.inventory.phones_with_line(request.args.get("lineFilter", ""))
        return written("phones", [self._tree(phone) for phone in found], media_type=media_type)

    def create(self, media_type: str) -> Response:
        """The new phone's bare id."""
        body = read_phone(request.get_data(), content_type=_content_type())
        return bare(str(create_phone(self._system, body)), media_type=media_type)

    def list_models(self, media_type: str) -> Response:
        """All models; those that no sipXconfig has say ``own``."""
        catalogue = self._system.catalogue
        trees = [
            model_tree(model) | ({"own": True} if catalogue.is_own(model.model_id) else {})
            for model in catalogue.offered()
        ]
        return written("models", trees, media_type=media_type)

    def show(self, media_type: str, key: str) -> Response:
        """One phone."""
        phone = find_phone(self._system, key, unknown_serial=failures.no_such_serial)
        return written("Phone", self._tree(phone), media_type=media_type)

    def update(self, media_type: str, key: str) -> Response:
        """The phone's bare id."""
        body = read_phone(request.get_data(), content_type=_content_type())
        phone = find_phone(self._system, key, unknown_serial=failures.no_such_serial)
        update_phone(self._system, phone, body)
        return bare(str(phone.id), media_type=media_type)

    def delete(self, media_type: str, key: str) -> Response:
        """Nothing."""
        phone = find_phone(self._system, key, unknown_serial=failures.no_such_serial)
        self._system.inventory.delete_phone(phone.id)
        return bare("", media_type=media_type)

    def list_lines(self, media_type: str, key: str) -> Response:
        """The phone's lines."""
        phone = find_phone(self._system, key, unknown_serial=failures.phone_not_found)
        return written("lines", [line_tree(line, self._system.domain) for line in phone.lines], media_type=media_type)

    def add_line(self, media_type: str, key: str) -> Response:
        """Nothing, not even the new line's id."""
        body = read_line(request.get_data(), content_type=_content_type())
        phone = find_phone(self._system, key, unknown_serial=failures.phone_not_found)
        add_line(self._system, phone, body)
        return bare("", media_type=media_type)

    def delete_lines(self, media_type: str, key: str) -> Response:
        """Nothing; the phone is unassigned."""
        phone = find_phone(self._system, key, unknown_serial=failures.phone_not_found)
        self._system.inventory.delete_lines(phone.id)
        return bare("", media_type=media_type)

    def show_line(self, media_type: str, key: str, line_key: str) -> Response:  # noqa: ARG002 - any phone will do
        """One line."""
        return written(
            "Line", line_tree(find_line(self._system.inventory, line_key), self._system.domain), media_type=media_type
        )

    def delete_line(self, media_type: str, key: str, line_key: str) -> Response:  # noqa: ARG002 - as above
        """Nothing."""
        self._system.inventory.delete_line(find_line(self._system.inventory, line_key).id)
        return bare("", media_type=media_type)

    def list_settings(self, media_type: str, key: str) -> Response:
        """None: here phones' files are the worker's matter, and their settings no one's."""
        find_phone(self._system, key, unknown_serial=failures.no_such_serial)
        return written("settings", [], media_type=media_type)

    def no_setting(self, media_type: str, key: str, path: str) -> Response:  # noqa: ARG002 - there is none at any path
        """Not found."""
        find_phone(self._system, key, unknown_serial=failures.no_such_serial)
        return bare("", media_type=media_type, status=404)

    def put_setting(self, media_type: str, key: str, path: str) -> Response:
        """Not found, or not even read."""
        if _content_type().partition(";")[0].strip() != "text/plain":
            raise failures.client_error(415, "Unsupported Media Type")
        return self.no_setting(media_type, key, path)

    def _tree(self, phone: StoredPhone) -> Tree:
        self._system.catalogue.note_version(phone.record.model_id, phone.record.version)
        return phone_tree(phone, self._system.catalogue, self._system.domain)


def _content_type() -> str:
    return request.headers.get("Content-Type", "")


def _int_argument(name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    number = java_int(text)
    if number is None:
        raise failures.client_error(404, "Not Found")
    return number
