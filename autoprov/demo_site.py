"""A site for the demo: settings on free loopback ports, and a stand-in for the PBX of the users' lines."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autoprov.compose import derived_key, utc_now
from autoprov.installation import SETTINGS_FILE
from autoprov.secret_files import new_secrets, write_secrets
from autoprov.settings import Settings
from autoprov.settings_file import load_settings
from autoprov.settings_template import settings_text
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
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
    text = settings_text(
        address=LOOPBACK,
        web_port=free_port(socket.SOCK_STREAM),
        registrar_port=free_port(socket.SOCK_DGRAM),
        inventory_port=free_port(socket.SOCK_STREAM),
        console_port=free_port(socket.SOCK_STREAM),
    )
    text = text.replace("0.0.0.0:", f"{LOOPBACK}:").replace("port = 5060", f"port = {free_port(socket.SOCK_DGRAM)}")
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
            nonce_key=derived_key(settings.secrets.installation_key, b"demo-pbx"),
        ),
        host=LOOPBACK,
        port=settings.lines.port,
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


def free_port(kind: socket.SocketKind) -> int:
    """A port that nobody has on loopback at this moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
