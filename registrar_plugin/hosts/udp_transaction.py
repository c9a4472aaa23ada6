"""A request of our own over a UDP socket of its own, and its final response: a non-INVITE client (§17.1.2)."""

import socket
import time
from collections.abc import Iterable
from datetime import timedelta

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.response import Response, parse_response

_LARGEST_DATAGRAM = 65_535


def transact(
    connected: socket.socket, request: bytes, *, method: str, branch: str, pauses: Iterable[timedelta]
) -> Response | None:
    """The final response to the *request* of that method and branch; None where none came in time.

    It is sent once before each of *pauses*, the times to wait for an answer.

    Raises:
        OSError: nothing leads there, or nobody listens there.
    """
    for pause in pauses:
        connected.send(request)
        response = _final_response(connected, method, branch, until=time.monotonic() + pause.total_seconds())
        if response is not None:
            return response
    return None


def _final_response(connected: socket.socket, method: str, branch: str, *, until: float) -> Response | None:
    while (left := until - time.monotonic()) > 0:
        connected.settimeout(left)
        try:
            response = parse_response(connected.recv(_LARGEST_DATAGRAM))
        except TimeoutError:
            return None
        except SipSyntaxError:
            continue
        is_ours = response.via.branch == branch and response.cseq_method == method
        if is_ours and response.status >= 200:
            return response
    return None
