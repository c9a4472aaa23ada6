"""The CGI edge (RFC 3875): one request, one process. What it imports, every phone waits for at each of its files."""

from __future__ import annotations

import os
import time

from autoprov_web.answer import PHRASES, Answer, try_later
from autoprov_web.client_certificate import proven_mac
from autoprov_web.fetch_report import append_report
from autoprov_web.phone_request import read_environ
from autoprov_web.serving import serve
from autoprov_web.site import SiteUnusable, read_site

SITE_VARIABLE = b"AUTOPROV_SITE"
_RETRY_UNUSABLE = 60.0
_STDIN, _STDOUT, _STDERR = 0, 1, 2


def main() -> None:
    """Answer the request in the environment; ``AUTOPROV_SITE`` is the compiled site's path."""
    # Bytes, because a path may hold any: as Latin-1 they are the text that WSGI's edge has (PEP 3333).
    environ = {name.decode("latin-1"): value.decode("latin-1") for name, value in os.environb.items()}
    try:
        site = read_site(os.fsdecode(os.environb.get(SITE_VARIABLE, b"")))
    except SiteUnusable as error:
        os.write(_STDERR, f"autoprov: phones are told to come again later: {error}\n".encode())
        _write(try_later("no compiled site", retry_after=_RETRY_UNUSABLE), environ)
        return
    address = site.access.client_address(environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", ""))
    request = read_environ(
        environ,
        address=address,
        certified_mac=lambda: proven_mac(environ, certificates=site.certificates, certificate_ca=site.certificate_ca),
    )
    given, report = serve(request, site, now=time.time())
    _write(given, environ)
    append_report(site.directory, report)


def _write(given: Answer, environ: dict[str, str]) -> None:
    # mod_cgid reads a reset instead of our answer where we leave a part of the body unread.
    while os.read(_STDIN, 65536):
        pass
    # Without a Status line Apache would judge the conditional headers once more, by its own lights.
    lines = [f"Status: {given.status} {PHRASES[given.status]}"]
    lines += [f"{name}: {value}" for name, value in given.headers]
    if given.status != 304:
        lines.append(f"Content-Length: {len(given.body)}")
    body = b"" if environ.get("REQUEST_METHOD") == "HEAD" else given.body
    data = "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body
    while data:
        try:
            data = data[os.write(_STDOUT, data) :]
        except OSError:  # the phone is gone
            return
