"""Kamailio's RPC by JSON datagrams (module jsonrpcs, ``dgram_socket``)."""

import json
import socket
from contextlib import suppress
from datetime import timedelta
from typing import cast

from registrar_plugin.sip.via import Address

_LARGEST = 65_535


class RpcUnreachable(Exception):
    """Nobody answers: we retry."""


class RpcRefused(Exception):
    """Kamailio says no; *code* is the JSON-RPC error's."""

    def __init__(self, reason: str, *, code: int) -> None:
        super().__init__(reason)
        self.code = code


class KamailioRpc:
    """One Kamailio at *at*: the path of a Unix socket on this machine, or host and port for UDP."""

    def __init__(self, at: str | Address, *, timeout: timedelta) -> None:
        self._at = at
        self._timeout = timeout

    def call(self, method: str, *params: str, within: timedelta | None = None) -> object:
        """The result; within that time, where it is less than what any answer may take. Without any nothing is sent.

        Raises:
            RpcUnreachable, RpcRefused: as they say.
        """
        if within is not None and within <= timedelta(0):
            raise RpcUnreachable("the time for all of them was over")
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        answer = self._exchange(request, self._timeout if within is None else min(within, self._timeout))
        if "error" in answer:
            error = cast("dict[str, object]", answer["error"])
            code = error.get("code")
            reason = f"Kamailio says to {method}: {error.get('message', 'no')}"
            raise RpcRefused(reason, code=code if isinstance(code, int) else 0)
        return answer.get("result")

    def _exchange(self, request: bytes, timeout: timedelta) -> dict[str, object]:
        at = self._at
        family = socket.AF_UNIX if isinstance(at, str) else socket.AF_INET6 if ":" in at[0] else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as client:
                if family is socket.AF_UNIX:
                    client.bind("")  # Linux makes up a name, which Kamailio answers to
                client.settimeout(timeout.total_seconds())
                client.connect(at)
                client.send(request)
                data = client.recv(_LARGEST)
        except OSError as error:
            raise RpcUnreachable(f"Kamailio's RPC at {at}: {error.strerror or error}") from error
        with suppress(ValueError):
            answer = json.loads(data)
            if isinstance(answer, dict):
                return cast("dict[str, object]", answer)
        raise RpcUnreachable(f"Kamailio's RPC at {at}: who answers there does not speak JSON-RPC")
