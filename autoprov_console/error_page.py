"""What the page says where there is nothing to show: a wrong address, a form too large, a mistake of ours."""

from http import HTTPStatus

from flask import render_template
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

_SAID = {
    HTTPStatus.NOT_FOUND: (
        "There is no such page",
        "The address was mistyped, or the link is of another version of this program. All phones stand on one page.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "Nothing can be read here",
        "This is where a form goes. If you opened it from the browser's history, or reloaded it: nothing was changed.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "The form was too large",
        "What was sent is longer than any form of ours, and was not read. Nothing was changed.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "This program made a mistake",
        "What it was doing may not be done: look whether the phone has its line. The log says more: autoprov's own, or "
        "journalctl -u autoprov. Please report it with those lines.",
    ),
}
_OTHERS = ("This cannot be done", "The browser asked for something that this page does not know. Nothing was changed.")


def error_page(error: HTTPException) -> Response:
    """The answer, with its status and header fields as they would be, in the page's own frame."""
    answer = error.get_response()
    heading, advice = _SAID.get(HTTPStatus(answer.status_code), _OTHERS)
    answer.set_data(render_template("error.html", heading=heading, advice=advice, status=answer.status))
    answer.content_type = "text/html; charset=utf-8"
    return answer
