"""The composition root: which parts an installation has, and in which order they need each other."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from types import MappingProxyType, TracebackType

from autoprov.parts.console import start_console
from autoprov.parts.hep import start_hep
from autoprov.parts.inventory import start_inventory
from autoprov.parts.plugin import start_plugin
from autoprov.parts.reg_event import start_reg_event
from autoprov.parts.registrar import start_registrar
from autoprov.parts.resync import start_resync
from autoprov.parts.running import Clock, Listener, Running
from autoprov.parts.web import start_web
from autoprov.parts.worker import start_worker
from autoprov.port_notes import ports_noted
from autoprov.ports import ports_of
from autoprov.settings.settings import Settings
from autoprov_sightings.sighting import Sighting
from registrar_plugin.sip.host import write_host_port

logger = logging.getLogger(__name__)

PARTS: Mapping[str, Callable[[Running], None]] = MappingProxyType(
    {
        "inventory": start_inventory,
        "worker": start_worker,
        "registrar": start_registrar,
        "hep": start_hep,
        "plugin": start_plugin,
        "reg-event": start_reg_event,
        "resync": start_resync,
        "web": start_web,
        "console": start_console,
    }
)
"""In the order in which they start; a part that the settings do not ask for starts nothing."""


def _nobody_listens(sighting: Sighting) -> None:
    """What a system without a listener tells it."""


class System:
    """Parts of an installation in one process, all of them unless *parts* says which.

    A context manager: entering starts the parts in the order in which they need each other, leaving stops them in the
    other. *listener* hears every sighting, from several threads.

    Raises:
        OSError: on entering, a port cannot be bound; what was started is stopped.
        QueueUnavailable: on entering, the queue cannot be opened.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        listener: Listener = _nobody_listens,
        parts: Iterable[str] = PARTS,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._listener = listener
        self._parts = frozenset(parts)
        self._stack = ExitStack()

    @property
    def phone_url(self) -> str:
        """Where phones boot from."""
        return self._settings.phones.url

    @property
    def registrar_address(self) -> str:
        """Where phones register, as they are told."""
        registrar = self._settings.registrar
        return f"{write_host_port(registrar.address, registrar.told_port)}/{registrar.transport.value}"

    @property
    def console_url(self) -> str:
        """Where the superadmin looks, from this machine."""
        return self._running.console_url

    def __enter__(self) -> "System":
        self._settings.state_directory.mkdir(mode=0o750, parents=True, exist_ok=True)
        with ExitStack() as stack:
            self._running = Running(self._settings, clock=self._clock, listener=self._listener, stack=stack)
            for name, start in PARTS.items():
                if name in self._parts:
                    start(self._running)
                    ports = [port for port in ports_of(self._settings) if port.part == name]
                    stack.enter_context(ports_noted(self._settings.notes_directory, ports))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        logger.info("stopping")
        self._running.ask_all_to_stop()
        self._stack.close()
        logger.info("stopped")
