"""What all views of the new API share: the media type of the answer is settled before anything is read or done."""

from collections.abc import Callable
from functools import wraps

from flask import Response, request

from sipxconfig_server.media import negotiated

View = Callable[..., Response]
Route = tuple[str, str, View]
"""A path, a method and a view, which gets the media type and then what the path holds."""


def negotiating(view: View) -> View:
    """The view as Flask calls it, by what the path holds alone."""

    @wraps(view)
    def with_media_type(**path: str) -> Response:
        return view(negotiated(request), **path)

    return with_media_type
