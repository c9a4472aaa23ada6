"""Which of the API's three media types an answer has (contract 2.1)."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Request, Response

from sipxconfig_server import failures
from sipxconfig_server.xml_trees import Tree, write_xml, xml_frame

JSON: Final = "application/json"
_XML: Final = "application/xml"
_OFFERED: Final = (JSON, "text/xml", _XML)
_SUFFIXES: Final = {".json": JSON, ".xml": _XML}


def negotiated(request: Request) -> str:
    """The media type of the answer; JSON where the client has no wish.

    Raises:
        ApiError: the client takes none of the three.
    """
    if not request.accept_mimetypes.provided:
        return JSON
    best = request.accept_mimetypes.best_match(_OFFERED)
    if best is None:
        raise failures.client_error(406, "Not Acceptable")
    return best


def written(name: str, value: object, *, media_type: str) -> Response:
    """An answer: a list under its field's name (``phones``), or one object under its XML element's (``Phone``)."""
    if media_type != JSON:
        return Response(write_xml(name, value), content_type=media_type)
    tree: object = {name: cast("object", value)} if isinstance(value, list) else value
    return Response(_json(tree), content_type=JSON)


def streamed(name: str, trees: Iterable[Tree], *, media_type: str) -> Response:
    """The same answer as ``written`` gives for a list, sent while *trees* is read.

    The first of them is read before there is an answer: what cannot be read at all is still told by a status.
    """
    rest = iter(trees)
    first = next(rest, None)
    if first is None:
        return written(name, [], media_type=media_type)
    return Response(_pieces(name, chain([first], rest), media_type=media_type), content_type=media_type)


def _pieces(name: str, trees: Iterable[Tree], *, media_type: str) -> Iterator[bytes]:
    if media_type == JSON:
        yield f'{{"{name}":['.encode()
        for number, tree in enumerate(trees):
            yield (b"," if number else b"") + _json(tree)
        yield b"]}"
    else:
        opening, element, closing = xml_frame(name)
        yield opening
        for tree in trees:
            yield write_xml(element, tree, declared=False)
        yield closing


def _json(tree: object) -> bytes:
    return json.dumps(tree, separators=(",", ":"), ensure_ascii=False).encode()


def bare(text: str, *, media_type: str, status: int = 200) -> Response:
    """An id, or a failure's text, under whatever type was negotiated; no type without a text."""
    response = Response(text.encode(errors="replace"), status=status, content_type=media_type)
    if not text:
        del response.headers["Content-Type"]
    return response


def suffixes_as_accept(app: WSGIApplication, *, below: str) -> WSGIApplication:
    """The application, to which ``/phones/1000.xml`` *below* that path is ``/phones/1000`` with an Accept header."""

    def with_accept(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        for suffix, media_type in _SUFFIXES.items():
            if path.startswith(below) and path.endswith(suffix):
                environ |= {"PATH_INFO": path.removesuffix(suffix), "HTTP_ACCEPT": media_type}
        return app(environ, start_response)

    return with_accept
