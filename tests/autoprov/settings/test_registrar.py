from dataclasses import replace
from pathlib import Path

import pytest

from autoprov.checks.certificate import check_certificate
from autoprov.checks.finding import Level
from autoprov.settings.file import read_settings
from autoprov.settings.reader import TableReader
from autoprov.settings.registrar import RegistrarSettings, read_registrar, registrar_contradictions
from autoprov.settings.secret_files import new_secrets
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.hosts.tls import CertificateFiles
from tests.peers.certificates import make_certificate

BASE = Path("/etc/autoprov")
CERTIFICATE = {"tls_certificate": "tls.pem", "tls_key": "tls-key.pem"}


def read(**values: object) -> tuple[RegistrarSettings, list[str]]:
    problems: list[str] = []
    settings = read_registrar(TableReader("registrar", values, problems), BASE)
    return settings, problems + registrar_contradictions(settings)


def test_by_default_it_listens_on_udp_and_tcp_and_phones_are_told_udp() -> None:
    settings, problems = read(listen="192.0.2.1:5070")
    assert settings.listeners == (
        Listener(Transport.UDP, "192.0.2.1", 5070),
        Listener(Transport.TCP, "192.0.2.1", 5070),
    )
    assert (settings.transport, settings.told_port, settings.certificate) == (Transport.UDP, 5070, None)
    assert problems == []


def test_further_listeners_and_a_certificate_beside_the_file() -> None:
    settings, problems = read(
        listeners=["udp:[::]:5066", "tcp:[::]:5066", "tls:0.0.0.0:5067"], transport="tls", **CERTIFICATE
    )
    assert [str(listener) for listener in settings.listeners[2:]] == [
        "udp:[::]:5066",
        "tcp:[::]:5066",
        "tls:0.0.0.0:5067",
    ]
    assert settings.told_port == 5067
    assert settings.certificate == CertificateFiles(BASE / "tls.pem", BASE / "tls-key.pem")
    assert problems == []


def test_the_limits_are_settings() -> None:
    settings, _ = read(connections=5000, connections_per_address=2000)
    assert (settings.limits.connections, settings.limits.connections_per_address) == (5000, 2000)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"listeners": "tls:0.0.0.0:5067"}, "[registrar] listeners: 'tls:0.0.0.0:5067' is not a list of strings"),
        ({"listeners": ["0.0.0.0:5067"]}, "[registrar] listeners: '0.0.0.0:5067' is not a listener such as"),
        ({"listeners": ["ws:0.0.0.0:5067"]}, "[registrar] listeners: 'ws:0.0.0.0:5067' is not a listener such as"),
        ({"listeners": ["udp:0.0.0.0"]}, "[registrar] listeners: 'udp:0.0.0.0' is not a listener such as"),
        ({"listeners": ["tls:0.0.0.0:5067"]}, "[registrar] listeners: tls needs tls_certificate and tls_key"),
        ({"listeners": ["tls:[::]:1"], "tls_key": "k"}, "[registrar] listeners: tls needs tls_certificate and tls_key"),
        ({"transport": "tls"}, "[registrar] transport: tls needs a listener"),
        ({"transport": "UDP"}, "[registrar] transport: 'UDP' is none of udp, tcp, tls"),
        (
            {"listeners": ["udp:127.0.0.1:5066"]},
            "[registrar] listeners: udp:127.0.0.1:5066 is taken by udp:0.0.0.0:5066",
        ),
        (
            {"listeners": ["tls:0.0.0.0:5066"], **CERTIFICATE},
            "[registrar] listeners: tls:0.0.0.0:5066 is taken by tcp:",
        ),
        ({"connections": 0}, "[registrar] connections: 0 is not a whole number"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_key_and_reason(values: dict[str, object], problem: str) -> None:
    _, problems = read(**values)
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_check_tries_the_certificate(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "autoprov.toml", {}, new_secrets())
    assert list(check_certificate(settings)) == []
    files = make_certificate(tmp_path)
    settings = replace(settings, registrar=replace(settings.registrar, certificate=files))
    assert [finding.level for finding in check_certificate(settings)] == [Level.OK]
    files.key.write_text("no key")
    (finding,) = check_certificate(settings)
    assert finding.level is Level.WRONG
    assert str(files.key) in finding.what
