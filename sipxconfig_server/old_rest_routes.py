"""The paths of the old REST under ``/sipxconfig/rest`` and what each does (contract 1)."""

from collections.abc import Callable, Iterator

from flask import Response, request

from sipxconfig_server.era import Era
from sipxconfig_server.error_page import error_page
from sipxconfig_server.old_rest_bodies import read_phones
from sipxconfig_server.old_rest_rules import profile_names, store_phones, update_firmware
from sipxconfig_server.system import ConfigSystem

View = Callable[..., Response]


class OldRestRoutes:
    """The views over one config system."""

    def __init__(self, system: ConfigSystem, era: Era) -> None:
        self._system = system
        self._era = era

    def table(self) -> Iterator[tuple[str, str, View]]:
        """Path, method and view of each route."""
        for path in ("/phone", "/phones"):  # sipXconfig's router goes by the beginning
            yield path, "POST", self.create
            yield path, "GET", self.no_list
            yield path, "PUT", self.not_implemented
            yield path, "DELETE", self.not_implemented
        yield "/phone/<serial_number>/profile/<name>", "GET", self.profile
        yield "/updatephone/<serial_number>/<version>/<model_id>", "GET", self.update_firmware

    def create(self) -> Response:
        """Nothing, whether the phones were stored or skipped."""
        takes_version = self._era.takes_version
        content_type = request.headers.get("Content-Type", "")
        phones = read_phones(request.get_data(), content_type=content_type, takes_version=takes_version)
        store_phones(self._system, phones, takes_version=takes_version)
        return _text("")

    def no_list(self) -> Response:
        """There is none in this generation."""
        return error_page(request, 404)

    def not_implemented(self) -> Response:
        """Restlet's answer for a method that a resource has, but does not do."""
        return error_page(request, 500)

    def profile(self, serial_number: str, name: str) -> Response:
        """A file of the phone that only says whose it is: here the worker writes phones' files."""
        phone = self._system.inventory.phone_with_serial(serial_number)
        if phone is None or name not in profile_names(self._system, phone):
            return error_page(request, 404)
        return _text('<?xml version="1.0" standalone="yes"?>\n<!-- ' + name + " -->\n<APPLICATION/>\n")

    def update_firmware(self, serial_number: str, version: str, model_id: str) -> Response:
        """The word ``empty``. It is a GET, and changes the phone."""
        if not update_firmware(self._system, serial_number, version, model_id):
            return error_page(request, 400, "Bad Request")
        return _text("empty", charset="; charset=ISO-8859-1")


def _text(text: str, *, charset: str = "") -> Response:
    response = Response(text.encode(), content_type=f"text/plain{charset}")
    if not text:
        del response.headers["Content-Type"]
    return response
