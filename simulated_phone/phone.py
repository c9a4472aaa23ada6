"""A whole simulated Polycom: it boots, shows its label, registers, and boots again on ``check-sync``."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from simulated_phone.boot import BootServer, Configured
from simulated_phone.events import Event, happened
from simulated_phone.file_transport import FileTransport
from simulated_phone.flash import Flash, boot_server, burn, read_flash, write_flash
from simulated_phone.incoming import reply_to
from simulated_phone.lines import Line, lines_of
from simulated_phone.register_request import Dialog
from simulated_phone.registration import NEVER, Registration, Step
from simulated_phone.settings import PhoneSettings
from simulated_phone.sip_messages import Request, Response, first, parse
from simulated_phone.sip_socket import SipSocket

_LONGEST_WAIT = timedelta(seconds=60)
_GOODBYE = timedelta(seconds=2)
_NO_UDP = {"TCPOnly", "TLS"}  # this phone's one socket is UDP
_ALWAYS_REBOOT = "voIpProt.SIP.specialEvent.checkSync.alwaysReboot"


class SimulatedPolycom:
    """One phone in a thread of its own, which is also what calls *report*, for each thing that happens.

    ``stop`` pulls its plug: as with a real phone, nobody is told, and its binding expires. What it was
    configured with survives a failing boot server, as in a real phone's flash, and so does where it boots from.
    """

    def __init__(self, settings: PhoneSettings, *, report: Callable[[Event], None]) -> None:
        self._settings = settings
        self._report = report
        self._transport = FileTransport(settings.identity, listen=settings.listen, timeout=settings.http_timeout)
        self._flash: Flash = read_flash(settings.flash)
        self._boot_server = self._server_in_flash()
        self._socket = SipSocket(listen=settings.listen, port=settings.sip_port)
        self._thread = threading.Thread(target=self._run, name=f"phone-{settings.identity.mac}", daemon=True)
        self._is_stopping = False
        self._parameters: Mapping[str, str] | None = None
        self._registrations: list[Registration] = []
        self._read_again_at = NEVER
        self._is_sync_asked = False
        self._last_notify = ("", "")

    @property
    def address(self) -> tuple[str, int]:
        """Where its SIP socket is bound."""
        return self._socket.address

    def start(self) -> None:
        """Switch its power on."""
        self._thread.start()

    def stop(self) -> None:
        """Pull its plug; it is silent when this returns."""
        self._is_stopping = True
        self._socket.wake()
        self._transport.cut()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        self._boot()
        while not self._is_stopping:
            self._live(until=min([self._read_again_at, *(each.due_at for each in self._registrations)]))
            if self._is_sync_asked:
                self._is_sync_asked = False
                self._synchronise()
            elif self._read_again_at <= _uptime():
                self._read_again()

    def _boot(self) -> None:
        """What follows power-on: updater, application, and the lines of the new configuration or of the last.

        Told to boot from elsewhere, it starts anew, with no line yet.
        """
        while True:
            self._tell(happened("boot", mac=self._settings.identity.mac, model=self._settings.identity.model))
            self._boot_server.update()
            read = self._read_configuration()
            if read is None or not self._is_moved_by(read):
                break
        self._parameters = self._parameters if read is None else read
        if self._parameters is not None:
            self._use(self._parameters)

    def _is_moved_by(self, parameters: Mapping[str, str]) -> bool:
        """Keep what goes into the flash; whether the phone boots from another server now."""
        before = boot_server(self._flash, dhcp=self._settings.boot_server)
        self._flash = burn(self._flash, parameters)
        write_flash(self._settings.flash, self._flash)
        now = boot_server(self._flash, dhcp=self._settings.boot_server)
        if now == before:
            return False
        self._boot_server = self._server_in_flash()
        self._tell(happened("boot-server", url=now))
        return True

    def _server_in_flash(self) -> BootServer:
        url = boot_server(self._flash, dhcp=self._settings.boot_server)
        return BootServer(url, identity=self._settings.identity, transport=self._transport, report=self._tell)

    def _synchronise(self) -> None:
        """Do what ``check-sync`` asks for: restart, either in any case or if there is another configuration."""
        if self._parameters is None or self._parameters.get(_ALWAYS_REBOOT) == "1":
            self._reboot()
        else:
            self._read_again()

    def _reboot(self) -> None:
        self._unregister()
        self._boot()

    def _read_again(self) -> None:
        """Ask for the configuration once more; one that differs from the one in use takes a restart."""
        read = self._read_configuration()
        if read is not None and self._is_moved_by(read):
            self._reboot()
        elif self._parameters is None and read is not None:
            self._parameters = read
            self._use(read)
        elif read is not None and read != self._parameters:
            self._reboot()

    def _read_configuration(self) -> Mapping[str, str] | None:
        """What the boot server has for this phone; None, and another try later, if it could not be had."""
        outcome = self._boot_server.configuration()
        if isinstance(outcome, Configured):
            self._read_again_at = NEVER
            return outcome.parameters
        if self._parameters is None:
            self._tell(happened("screen", label="", text="no configuration"))
        pause = min(outcome.retry_after or self._settings.retry_after_max, self._settings.retry_after_max)
        self._read_again_at = _uptime() + pause
        self._tell(happened("retry", what="boot", **{"in": pause.total_seconds()}))
        return None

    def _use(self, parameters: Mapping[str, str]) -> None:
        """Show the lines of a configuration and begin to register them."""
        lines = lines_of(parameters)
        text = "  ".join(f"{line.number} {line.label}" for line in lines) or "no line"
        self._tell(happened("screen", label=lines[0].label if lines else "", text=text))
        for line in lines:
            if line.transport in _NO_UDP:
                self._tell(happened("register-failed", user=line.user, server=line.server, reason=line.transport))
        now = _uptime()
        self._registrations = [self._registration(line, now) for line in lines if line.transport not in _NO_UDP]

    def _registration(self, line: Line, now: timedelta) -> Registration:
        host, port = self._socket.address
        tag = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}".upper()
        user_agent = self._settings.identity.sip_user_agent
        dialog = Dialog(line, host, port, call_id=secrets.token_hex(16), tag=tag, user_agent=user_agent)
        bound = self._settings.retry_after_max
        return Registration(dialog, token=secrets.token_hex, t1=self._settings.t1, retry_after=bound, now=now)

    def _unregister(self) -> None:
        """Remove the bindings as far as the registrar answers in time; then they are no more the phone's concern."""
        deadline = _uptime() + _GOODBYE
        for registration in self._registrations:
            self._do(registration, registration.remove(_uptime()))
        while not self._is_stopping and _uptime() < deadline and any(r.due_at != NEVER for r in self._registrations):
            self._live(until=min([deadline, *(each.due_at for each in self._registrations)]))
        self._registrations = []

    def _live(self, *, until: timedelta) -> None:
        """Wait for a datagram, at most *until* then; take what came and do what is due."""
        for datagram, sender in self._socket.wait(min(until - _uptime(), _LONGEST_WAIT)):
            message = parse(datagram)
            if isinstance(message, Request):
                self._answer(message, sender)
            elif isinstance(message, Response):
                self._take(message)
        for registration in self._registrations:
            self._do(registration, registration.act(_uptime()))

    def _take(self, response: Response) -> None:
        for registration in self._registrations:
            if (step := registration.receive(response, _uptime())) is not None:
                self._do(registration, step)

    def _do(self, registration: Registration, step: Step) -> None:
        if step.send is not None:
            self._socket.send(step.send, registration.server)
        for event in step.events:
            self._tell(event)

    def _answer(self, request: Request, sender: tuple[str, int]) -> None:
        reply = reply_to(request, user_agent=self._settings.identity.sip_user_agent, tag=secrets.token_hex(4))
        if reply.datagram is not None:
            self._socket.send(reply.datagram, sender)
        transaction = (first(request.headers, "Call-ID"), first(request.headers, "CSeq"))
        if reply.is_check_sync and transaction != self._last_notify:
            self._last_notify = transaction
            self._is_sync_asked = True
            self._tell(happened("check-sync", sender=f"{sender[0]}:{sender[1]}"))

    def _tell(self, event: Event) -> None:
        if not self._is_stopping:
            self._report(event)


def _uptime() -> timedelta:
    return timedelta(seconds=time.monotonic())
