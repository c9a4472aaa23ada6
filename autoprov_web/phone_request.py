"""A phone's HTTP request, as far as an answer depends on it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autoprov_phones.mac import MacAddress


class PhoneRequest:
    """*path* is percent-decoded, bytes beyond ASCII as Latin-1 (PEP 3333); *address* is the phone's IP address.

    *certified_mac* looks whether a factory certificate proves a MAC, which costs a process. Nothing in it has been
    checked: whoever reaches the port wrote it.
    """

    __slots__ = ("address", "certified_mac", "if_modified_since", "if_none_match", "method", "path", "user_agent")

    def __init__(
        self,
        method: str,
        path: str,
        *,
        user_agent: str = "",
        address: str = "",
        if_none_match: str = "",
        if_modified_since: str = "",
        certified_mac: Callable[[], MacAddress | None] = lambda: None,
    ) -> None:
        self.method = method
        self.path = path
        self.user_agent = user_agent
        self.address = address
        self.if_none_match = if_none_match
        self.if_modified_since = if_modified_since
        self.certified_mac = certified_mac


def read_environ(
    environ: Mapping[str, str], *, address: str, certified_mac: Callable[[], MacAddress | None]
) -> PhoneRequest:
    """The request in CGI's variables (RFC 3875), which WSGI's environ has as well."""
    return PhoneRequest(
        environ.get("REQUEST_METHOD", ""),
        environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""),
        user_agent=environ.get("HTTP_USER_AGENT", ""),
        address=address,
        if_none_match=environ.get("HTTP_IF_NONE_MATCH", ""),
        if_modified_since=environ.get("HTTP_IF_MODIFIED_SINCE", ""),
        certified_mac=certified_mac,
    )
