"""The paths that have sipXconfig write phones' files (contract 2.6).

Here each does nothing but check what it is asked for: the worker, not the config system, writes phones' files and has
them fetched.
"""

from collections.abc import Iterator

from flask import Response, request

from sipxconfig_server import failures
from sipxconfig_server.bodies import read_ids
from sipxconfig_server.media import bare
from sipxconfig_server.rules import find_phone
from sipxconfig_server.system import ConfigSystem
from sipxconfig_server.views import Route, View


class ProfileRoutes:
    """The views over one config system. *key* in a path is a phone's id or serial number."""

    def __init__(self, system: ConfigSystem) -> None:
        self._system = system

    def table(self) -> Iterator[Route]:
        """Path, method and view of each route, each also with a restart."""
        views: tuple[tuple[str, View], ...] = (
            ("/phones/sendProfile", self.send_some),
            ("/phones/sendProfile/all", self.send_all),
            ("/phones/<key>/sendProfile", self.send),
        )
        for path, view in views:
            yield path, "PUT", view
            yield f"{path}/restart", "PUT", view

    def send(self, media_type: str, key: str) -> Response:
        """Nothing."""
        find_phone(self._system, key, unknown_serial=failures.null_pointer)
        return bare("", media_type=media_type)

    def send_some(self, media_type: str) -> Response:
        """Nothing; ids that are no phone's are not told."""
        read_ids(request.get_data(), content_type=request.headers.get("Content-Type", ""))
        return bare("", media_type=media_type)

    def send_all(self, media_type: str) -> Response:
        """Nothing."""
        return bare("", media_type=media_type)
