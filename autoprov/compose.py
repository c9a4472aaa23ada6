"""The composition root: the one place that knows all rooms and wires them together."""

import logging
import random
import secrets
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from types import TracebackType
from typing import TypeAlias

from autoprov.compile_site import site_file, write_site
from autoprov.http_server import HttpServer
from autoprov.openings import config_system_client, open_inventory, open_queue
from autoprov.room_settings import registrar_settings
from autoprov.settings import Settings
from autoprov_console.app import create_app as create_console
from autoprov_console.console_settings import ConsoleSettings
from autoprov_phones.inventory_models import load_inventory_models, with_inventory_models
from autoprov_phones.mac import MacAddress
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.log import SightingsLog
from autoprov_sightings.sighting import Sighting
from autoprov_web.fetch_log import FetchLog
from autoprov_web.fetch_reader import FetchReader
from autoprov_web.spool_reader import Known, look_up
from autoprov_web.wsgi import create_wsgi_app
from autoprov_worker.settings import OwnFilesSettings, WorkerSettings
from autoprov_worker.spool import SpoolWriter
from autoprov_worker.thread import DrainingThread
from autoprov_worker.worker import Worker
from registrar_plugin.hook import RegistrarHook
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.resync import ResyncThread
from registrar_plugin.sip.host import write_host_port
from registrar_plugin.wrong_passwords import WrongPasswordReports
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_server.app import create_app as create_inventory_api
from sipxconfig_server.authentication import AdminAccount
from sipxconfig_server.models import Catalogue

logger = logging.getLogger(__name__)

Clock: TypeAlias = Callable[[], datetime]
Listener: TypeAlias = Callable[[Sighting], None]


def _nobody_listens(sighting: Sighting) -> None:
    """What a system without a listener tells it."""


class System:
    """Everything in one process: inventory (if embedded), worker, registrar with its hook, web, console.

    A context manager: entering starts the parts in the order in which they need each other, leaving stops them in the
    other. *listener* hears every sighting, from several threads.

    Raises:
        OSError: on entering, a port cannot be bound; what was started is stopped.
        QueueUnavailable: on entering, the queue cannot be opened.
    """

    def __init__(self, settings: Settings, *, clock: Clock, listener: Listener = _nobody_listens) -> None:
        self._settings = settings
        self._clock = clock
        self._listener = listener
        self._stack = ExitStack()
        self._ask_to_stop: list[Callable[[], None]] = []

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
        return self._console.url

    def __enter__(self) -> "System":
        with ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        logger.info("stopping")
        for ask_to_stop in self._ask_to_stop:  # so that their waits overlap
            ask_to_stop()
        self._stack.close()
        logger.info("stopped")

    def _start(self, stack: ExitStack) -> None:
        settings = self._settings
        settings.state_directory.mkdir(mode=0o750, parents=True, exist_ok=True)
        queue = stack.enter_context(open_queue(settings))
        sightings = stack.enter_context(closing(SightingsLog(settings.sightings_file)))
        sightings.start()

        def saw(sighting: Sighting) -> None:
            sightings.saw(sighting)
            self._listener(sighting)

        if settings.config_system.kind == "embedded":
            self._start_inventory(stack)
        client = stack.enter_context(config_system_client(settings))
        self._start_worker(stack, queue, client, saw)
        self._start_registrar(stack, queue, saw)
        self._start_web(stack, saw)
        self._start_console(stack, queue, client, sightings)

    def _start_inventory(self, stack: ExitStack) -> None:
        settings = self._settings
        inventory = stack.enter_context(open_inventory(settings))
        api = create_inventory_api(
            inventory,
            credentials=AdminAccount(settings.config_system.user_name, settings.secrets.config_system_password),
            realm="autoprov-inventory",
            sip_domain=settings.lines.registrar,
            registrar_port=settings.lines.port,
            catalogue=Catalogue(own=load_inventory_models()),
        )
        listen = settings.inventory_listen
        _serve(stack, HttpServer(api, host=listen.host, port=listen.port, name="inventory"))

    def _start_worker(self, stack: ExitStack, queue: PhoneQueue, client: SipxconfigClient, saw: Listener) -> None:
        settings = self._settings
        models = settings.models
        if settings.config_system.kind == "embedded":
            models = with_inventory_models(models)
        own_files = OwnFilesSettings(
            settings.phones.url, settings.secrets.installation_key, settings.lines.registrar, settings.lines.port
        )
        worker = Worker(
            queue,
            client,
            SpoolWriter(settings.spool_directory),
            WorkerSettings(
                models,
                own_files if settings.lines.serve_own_files else None,
                on_sipxecs=settings.config_system.kind == "sipxconfig",
            ),
            saw=saw,
            jitter=random.random,
        )
        thread = DrainingThread(worker, queue, snapshot_every=settings.snapshot_every, clock=self._clock)
        thread.start()
        stack.callback(thread.stop)
        self._ask_to_stop.append(thread.ask_to_stop)

    def _start_registrar(self, stack: ExitStack, queue: PhoneQueue, saw: Listener) -> None:
        settings = self._settings
        hook = RegistrarHook(
            autoprovision_user=settings.phones.autoprovision_user,
            key=settings.secrets.installation_key,
            hand_over=queue.put,
            retry_on=(QueueUnavailable,),
            saw=saw,
            is_assigned=self._is_assigned,
        )
        hook.start()
        stack.callback(hook.stop)
        registrar = EmbeddedRegistrar(
            registrar_settings(settings, nonce_key=secrets.token_bytes(32)),
            listeners=settings.registrar.listeners,
            certificate=settings.registrar.certificate,
            limits=settings.registrar.limits,
            on_accepted=hook.take_action,
            on_wrong_password=WrongPasswordReports(saw).take,
            clock=self._clock,
        )
        registrar.start()
        stack.callback(registrar.stop)
        resync = ResyncThread(queue=queue, send_check_sync=registrar.send_check_sync, saw=saw, clock=self._clock)
        resync.start()
        stack.callback(resync.stop)
        self._ask_to_stop.append(resync.ask_to_stop)

    def _is_assigned(self, mac: MacAddress) -> bool:
        """Whether the spool says that the phone has a line; where it cannot tell, the worker asks the config system."""
        directory, max_age = str(self._settings.spool_directory), self._settings.web.snapshot_max_age.total_seconds()
        knowledge = look_up(directory, mac, now=self._clock().timestamp(), max_age=max_age)
        return isinstance(knowledge, Known) and knowledge.entry.is_assigned

    def _start_web(self, stack: ExitStack, saw: Listener) -> None:
        settings = self._settings
        write_site(settings, now=self._clock())
        log = FetchLog(saw)
        # What other web servers told of their requests; our own tells the log itself.
        reader = FetchReader(settings.web_directory, log.note)
        reader.start()
        stack.callback(reader.stop)
        self._ask_to_stop.append(reader.ask_to_stop)
        app = create_wsgi_app(
            str(site_file(settings)),
            clock=lambda: self._clock().timestamp(),
            report=lambda _site, report: log.note(report),
        )
        listen = settings.web.listen
        _serve(stack, HttpServer(app, host=listen.host, port=listen.port, name="web", judges_proxies=True))

    def _start_console(
        self, stack: ExitStack, queue: PhoneQueue, client: SipxconfigClient, sightings: SightingsLog
    ) -> None:
        settings = self._settings
        app = create_console(
            client=client,
            last_seen=sightings.last_seen,
            order_follow=lambda mac: queue.order(OrderKind.FOLLOW, mac),
            clock=self._clock,
            settings=ConsoleSettings(
                line_registrar=settings.lines.registrar,
                line_registrar_port=settings.lines.port,
                host_names=settings.console.host_names,
            ),
        )
        listen = settings.console.listen
        self._console = HttpServer(app, host=listen.host, port=listen.port, name="console")
        _serve(stack, self._console)


def _serve(stack: ExitStack, server: HttpServer) -> None:
    server.start()
    stack.callback(server.stop)
