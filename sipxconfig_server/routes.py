"""The paths under ``/phones`` and what each does."""

from collections.abc import Callable, Iterator
from functools import wraps

from flask import Response, request

from sipxconfig_server import failures
from sipxconfig_server.bodies import read_line, read_phone
from sipxconfig_server.media import bare, negotiated, written
from sipxconfig_server.models import offered_models
from sipxconfig_server.representations import SipDomain, line_tree, model_tree, phone_tree
from sipxconfig_server.rules import add_line, create_phone, find_line, find_phone, java_int, update_phone
from sipxconfig_server.store import Inventory

View = Callable[..., Response]


class PhoneRoutes:
    """The views over one inventory. *key* in a path is an id or a serial number."""

    def __init__(self, inventory: Inventory, domain: SipDomain) -> None:
        self._inventory = inventory
        self._domain = domain

    def table(self) -> Iterator[tuple[str, str, View]]:
        """Path, method and view of each route."""
        for path, method, view in self._views():
            yield path, method, _negotiating(view)

    def _views(self) -> Iterator[tuple[str, str, View]]:
        yield "/phones", "GET", self.list_phones
        yield "/phones", "POST", self.create
        yield "/phones/models", "GET", self.list_models
        yield "/phones/<key>", "GET", self.show
        yield "/phones/<key>", "PUT", self.update
        yield "/phones/<key>", "DELETE", self.delete
        yield "/phones/<key>/lines", "GET", self.list_lines
        yield "/phones/<key>/lines", "POST", self.add_line
        yield "/phones/<key>/lines", "DELETE", self.delete_lines
        yield "/phones/<key>/lines/<line_key>", "GET", self.show_line
        yield "/phones/<key>/lines/<line_key>", "DELETE", self.delete_line
        yield "/phones/<key>/sendProfile", "PUT", self.send_profile
        yield "/phones/<key>/sendProfile/restart", "PUT", self.send_profile

    def list_phones(self, media_type: str) -> Response:
        """A page, or all where not both of start and limit are given."""
        start, limit = _int_argument("start"), _int_argument("limit")
        if start is None or limit is None:
            start, limit = 0, 0
        phones = self._inventory.phones(start=max(0, start), limit=limit if limit > 0 else None)
        return written("phones", [phone_tree(phone, self._domain) for phone in phones], media_type=media_type)

    def create(self, media_type: str) -> Response:
        """The new phone's bare id."""
        body = read_phone(request.get_data(), content_type=_content_type())
        return bare(str(create_phone(self._inventory, body)), media_type=media_type)

    def list_models(self, media_type: str) -> Response:
        """All models."""
        return written("models", [model_tree(model) for model in offered_models()], media_type=media_type)

    def show(self, media_type: str, key: str) -> Response:
        """One phone."""
        phone = find_phone(self._inventory, key, unknown_serial=failures.no_such_serial)
        return written("Phone", phone_tree(phone, self._domain), media_type=media_type)

    def update(self, media_type: str, key: str) -> Response:
        """The phone's bare id."""
        body = read_phone(request.get_data(), content_type=_content_type())
        phone = find_phone(self._inventory, key, unknown_serial=failures.no_such_serial)
        update_phone(self._inventory, phone, body)
        return bare(str(phone.id), media_type=media_type)

    def delete(self, media_type: str, key: str) -> Response:
        """Nothing."""
        phone = find_phone(self._inventory, key, unknown_serial=failures.no_such_serial)
        self._inventory.delete_phone(phone.id)
        return bare("", media_type=media_type)

    def list_lines(self, media_type: str, key: str) -> Response:
        """The phone's lines."""
        phone = find_phone(self._inventory, key, unknown_serial=failures.phone_not_found)
        return written("lines", [line_tree(line, self._domain) for line in phone.lines], media_type=media_type)

    def add_line(self, media_type: str, key: str) -> Response:
        """Nothing, not even the new line's id."""
        body = read_line(request.get_data(), content_type=_content_type())
        phone = find_phone(self._inventory, key, unknown_serial=failures.phone_not_found)
        add_line(self._inventory, phone, body)
        return bare("", media_type=media_type)

    def delete_lines(self, media_type: str, key: str) -> Response:
        """Nothing; the phone is unassigned."""
        phone = find_phone(self._inventory, key, unknown_serial=failures.phone_not_found)
        self._inventory.delete_lines(phone.id)
        return bare("", media_type=media_type)

    def show_line(self, media_type: str, key: str, line_key: str) -> Response:  # noqa: ARG002 - any phone will do
        """One line."""
        return written("Line", line_tree(find_line(self._inventory, line_key), self._domain), media_type=media_type)

    def delete_line(self, media_type: str, key: str, line_key: str) -> Response:  # noqa: ARG002 - as above
        """Nothing."""
        self._inventory.delete_line(find_line(self._inventory, line_key).id)
        return bare("", media_type=media_type)

    def send_profile(self, media_type: str, key: str) -> Response:
        """Nothing: here the worker, not the config system, writes phones' files and has them fetched."""
        find_phone(self._inventory, key, unknown_serial=failures.null_pointer)
        return bare("", media_type=media_type)


def _negotiating(view: View) -> View:
    """The view, which gets the media type of its answer: nothing is read or done before that is settled."""

    @wraps(view)
    def with_media_type(**path: str) -> Response:
        return view(negotiated(request), **path)

    return with_media_type


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
