"""A site for the demo: settings on free loopback ports, and a stand-in for the PBX of the users' lines."""

import secrets
import socket
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autoprov.installation import SETTINGS_FILE
from autoprov.present import utc_now
from autoprov.settings.file import load_settings
from autoprov.settings.secret_files import new_secrets, write_secrets
from autoprov.settings.settings import Settings
from autoprov.settings.template import settings_text
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registration import AcceptedRegistration

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A user whom the demo's PBX and inventory know."""

    user: str
    display_name: str
    password: str = field(repr=False)


DEMO_USER = DemoUser("200", "Ada Lovelace", "demo-only-secret")


def demo_settings(directory: Path) -> Settings:
    """An installation in *directory* as ``autoprov init`` writes it, but for loopback and free ports."""
    web, registrar, inventory, console, pbx = free_ports(5)
    text = settings_text(
        address=LOOPBACK, web_port=web, registrar_port=registrar, inventory_port=inventory, console_port=console
    )
    text = text.replace("0.0.0.0:", f"{LOOPBACK}:").replace("port = 5060", f"port = {pbx}")
    (directory / SETTINGS_FILE).write_text(text, encoding="utf-8")
    write_secrets(directory / "secrets", new_secrets())
    settings = load_settings(directory / SETTINGS_FILE)
    settings.state_directory.mkdir(mode=0o750)
    return settings


@contextmanager
def demo_pbx(settings: Settings) -> Generator[None]:
    """A registrar that knows the demo's one user: a second instance of ours, where yours would be."""
    registrar = EmbeddedRegistrar(
        RegistrarSettings(
            user=DEMO_USER.user,
            realm="demo-pbx",
            password=DEMO_USER.password,
            nonce_key=secrets.token_bytes(32),
        ),
        listeners=[Listener(Transport.UDP, LOOPBACK, settings.lines.port)],
        on_accepted=_nobody_hooks,
        clock=utc_now,
    )
    registrar.start()
    try:
        yield
    finally:
        registrar.stop()


def _nobody_hooks(registration: AcceptedRegistration) -> None:
    """A PBX has no hook of ours."""


def free_ports(count: int) -> list[int]:
    """So many different ports that nobody has on loopback at this moment, neither for TCP nor for UDP."""
    ports: list[int] = []
    with ExitStack() as held:  # all until the last is found, or one might be found twice
        while len(ports) < count:
            datagrams = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            datagrams.bind((LOOPBACK, 0))
            port = int(datagrams.getsockname()[1])
            stream = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            try:
                stream.bind((LOOPBACK, port))
            except OSError:  # taken for TCP: try another
                continue
            ports.append(port)
    return ports
