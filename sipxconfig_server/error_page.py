"""The HTML page with which sipXconfig's servlet container refuses what no resource answered (contract 1.2, 1.5)."""

from html import escape
from typing import Final

from flask import Request, Response

_REASONS: Final = {
    404: "The server has not found anything matching the request URI",
    500: "The server encountered an unexpected condition which prevented it from fulfilling the request",
}


def error_page(request: Request, status: int, reason: str = "") -> Response:
    """The page; *reason*, the status' own where none is given, is also the status line's."""
    reason = reason or _REASONS.get(status, "")
    lines = (
        "<html>",
        "<head>",
        '<meta http-equiv="Content-Type" content="text/html;charset=ISO-8859-1"/>',
        f"<title>Error {status} </title>",
        "</head>",
        "<body>",
        f"<h2>HTTP ERROR: {status}</h2>",
        f"<p>Problem accessing {escape(request.path)}. Reason:",
        f"<pre>    {escape(reason)}</pre></p>",
        "<hr /><i><small>Powered by Jetty://</small></i>",
        "</body>",
        "</html>",
        "",
    )
    body = "\n".join(lines).encode("latin-1", errors="xmlcharrefreplace")
    return Response(body, status=f"{status} {reason}", content_type="text/html; charset=ISO-8859-1")
