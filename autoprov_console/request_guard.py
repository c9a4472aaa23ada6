"""Which requests a browser was tricked into sending (cross-site forms, DNS rebinding). Pure.

The console has no log-in of its own: who reaches its port may use it. So a page of another site must not be able
to use it through an administrator's browser.
"""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_FETCHES = frozenset({"same-origin", "none"})


def refusal(
    *, method: str, host: str, origin: str | None, fetch_site: str | None, host_names: Collection[str]
) -> str | None:
    """Why this request is refused, in words for the person at the browser; None where it is fine.

    *host*, *origin* and *fetch_site* are the headers Host, Origin and Sec-Fetch-Site as received. A request that
    carries neither of the last two comes from no browser of today, so no other site is behind it.
    """
    name = host_name(host)
    if name is None or not (name == "localhost" or _is_ip_address(name) or name in {n.lower() for n in host_names}):
        return "This console is not known by that name: add the name to the console's host_names in the settings."
    if method in _SAFE_METHODS:
        return None
    if fetch_site is not None and fetch_site not in _OWN_FETCHES:
        return "This form was sent by a page of another site."
    if origin is not None and origin_host(origin) != host.lower():
        return "This form was sent by a page of another site."
    return None


def host_name(host: str) -> str | None:
    """The name in a Host header, lower-case, without port and without an IPv6 address's brackets; None if malformed."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def origin_host(origin: str) -> str | None:
    """Host and port of an Origin header, as a Host header gives them; None for ``null`` and for anything malformed."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None


def _is_ip_address(name: str) -> bool:
    """An address in the Host header means that the browser was sent to that address itself: nothing to rebind."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
