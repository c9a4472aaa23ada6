"""What the parts that run in one process share."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from datetime import datetime
from functools import cached_property
from typing import TypeAlias, TypeVar

from autoprov.http.server import HttpServer
from autoprov.openings import config_system_client, open_queue
from autoprov.settings.settings import Settings
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.log import SightingsLog
from autoprov_sightings.sighting import Sighting
from registrar_plugin.resync.places import KnownPlaces
from sipxconfig_client.client import SipxconfigClient

Clock: TypeAlias = Callable[[], datetime]
Listener: TypeAlias = Callable[[Sighting], None]
Opened = TypeVar("Opened")


class Running:
    """The settings, the clock, the timeline, and what is opened when a part first asks for it.

    A part asks while it starts, never from a thread of its own: all is closed at the end of *stack*, what was begun
    last first. *listener* hears every sighting besides the timeline, from several threads.
    """

    def __init__(self, settings: Settings, *, clock: Clock, listener: Listener, stack: ExitStack) -> None:
        self.settings = settings
        self.clock = clock
        self._listener = listener
        self._stack = stack
        self._ask_to_stop: list[Callable[[], None]] = []
        self.console_url = ""
        self.sightings = self.enter(closing(SightingsLog(settings.sightings_file)))
        self.sightings.start()

    @cached_property
    def queue(self) -> PhoneQueue:
        """The queue that the parts share, in whatever process they run."""
        return self.enter(open_queue(self.settings))

    @cached_property
    def client(self) -> SipxconfigClient:
        """The config system's REST client."""
        return self.enter(config_system_client(self.settings))

    @cached_property
    def places(self) -> KnownPlaces:
        """Where the phones are that registered in this process."""
        return KnownPlaces()

    def saw(self, sighting: Sighting) -> None:
        """Tell the timeline, and the listener."""
        self.sightings.saw(sighting)
        self._listener(sighting)

    def at_end(self, stop: Callable[[], None], *, ask_to_stop: Callable[[], None] | None = None) -> None:
        """Call *stop* at the end, and *ask_to_stop* of all parts before it, so that their waits overlap."""
        self._stack.callback(stop)
        if ask_to_stop is not None:
            self._ask_to_stop.append(ask_to_stop)

    def enter(self, opened: AbstractContextManager[Opened]) -> Opened:
        """What *opened* gives, closed at the end."""
        return self._stack.enter_context(opened)

    def serve(self, server: HttpServer) -> None:
        """Answer HTTP requests until the end."""
        server.start()
        self.at_end(server.stop)

    def ask_all_to_stop(self) -> None:
        """The end is near."""
        for ask_to_stop in self._ask_to_stop:
            ask_to_stop()
