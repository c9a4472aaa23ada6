"""Sends check-syncs and waits for their answers: a non-INVITE client (§17.1.2)."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from socket import AddressFamily

from autoprov_phones.derived_secret import derive_sip_password
from autoprov_phones.mac import MacAddress
from registrar_plugin.bindings import Binding
from registrar_plugin.hosts.flows import Flow, Flows
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.udp import UdpEndpoint, UdpFlow
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registrar import Datagram, Registrar
from registrar_plugin.resync.check_sync import (
    METHOD,
    Answered,
    CheckSync,
    CheckSyncAnswer,
    Unanswered,
    authorized,
    check_sync_for,
    phone_address,
    retransmission_pauses,
)
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.response import Response, parse_response
from registrar_plugin.sip.via import Address


@dataclass(frozen=True, slots=True)
class Route:
    """How a NOTIFY gets to its phone; over a connection *address* is of no matter."""

    flow: Flow
    address: Address


class CheckSyncSender:
    """Lives in the registrar's event loop."""

    def __init__(
        self,
        settings: RegistrarSettings,
        *,
        registrar: Registrar,
        flows: Flows,
        endpoints: Sequence[UdpEndpoint],
        clock: Callable[[], datetime],
        t1: timedelta,
    ) -> None:
        self._settings = settings
        self._registrar = registrar
        self._flows = flows
        self._endpoints = endpoints
        self._clock = clock
        self._t1 = t1
        self._awaited: dict[str, asyncio.Future[Response]] = {}

    async def send(self, mac: MacAddress) -> CheckSyncAnswer:
        """Ask the phone to fetch its files again; if it asks who we are, tell it, once."""
        binding = self._registrar.binding_of(mac, now=self._clock())
        if binding is None:
            return Unanswered.NOT_REGISTERED
        route = self._route(binding)
        if route is None:
            return Unanswered.UNREACHABLE
        notify = check_sync_for(
            binding,
            user=self._settings.user,
            realm=self._settings.realm,
            transport=route.flow.transport.name,
            sent_by=route.flow.own_address(),
            key=secrets.token_hex(16),
        )
        response = await self._transact(notify, route)
        if response is None:
            return Unanswered.NO_ANSWER
        password = self._password_of(mac, binding)
        signed = authorized(notify, response, user=self._settings.user, password=password, key=secrets.token_hex(16))
        if signed is not None:
            response = await self._transact(signed, route)
        return Unanswered.NO_ANSWER if response is None else Answered(response.status)

    def take_response(self, data: bytes) -> None:
        """A response came, perhaps to one of our NOTIFYs."""
        try:
            response = parse_response(data)
        except SipSyntaxError:
            return
        awaited = self._awaited.get(response.via.branch)
        is_final = response.status >= 200 and response.cseq_method == METHOD
        if awaited is not None and is_final and not awaited.done():
            awaited.set_result(response)

    async def _transact(self, notify: CheckSync, route: Route) -> Response | None:
        """The final response, None where none came in time."""
        awaited: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._awaited[notify.branch] = awaited
        is_reliable = route.flow.transport is not Transport.UDP
        try:
            for pause in retransmission_pauses(self._t1, is_reliable=is_reliable):
                route.flow.send(Datagram(notify.to_bytes(), route.address))
                done, _ = await asyncio.wait({awaited}, timeout=pause.total_seconds())
                if done:
                    return awaited.result()
            return None
        finally:
            del self._awaited[notify.branch]

    def _route(self, binding: Binding) -> Route | None:
        """The flow that the phone registered with; if that was a connection and is closed, UDP to where it listens."""
        address = phone_address(binding)
        flow = self._flows.of(binding, now=self._clock())
        if flow is not None and flow.is_open:
            return Route(flow, address)
        family = AddressFamily.AF_INET6 if ":" in address[0] else AddressFamily.AF_INET
        endpoint = next((endpoint for endpoint in self._endpoints if endpoint.family is family), None)
        if endpoint is None or (flow is not None and address == binding.source):
            return None
        return Route(UdpFlow(endpoint, address), address)

    def _password_of(self, mac: MacAddress, binding: Binding) -> str:
        """What the phone itself registered with: during a rotation the old one, where it has not booted yet."""
        settings = self._settings
        if binding.has_old_password and settings.old_password is not None:
            return settings.old_password.text
        if settings.password is not None:
            return settings.password
        assert settings.tag_key is not None
        return derive_sip_password(mac, key=settings.tag_key)
