"""The registrar that phones use, tried: ours, a real Kamailio, and nobody."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov.checks.finding import Finding, Level
from autoprov.checks.host import NOBODY, check_host
from autoprov.checks.host_settings import EMBEDDED, HOSTS, check_host_settings
from autoprov.checks.register_probe import ProbeAnswer
from autoprov.demo.site import demo_settings, free_ports
from autoprov.openings import make_databases, open_queue
from autoprov.settings.reader import Listen
from autoprov.settings.secret_files import Secrets
from autoprov.settings.settings import Settings
from registrar_plugin.hosts.hep_rules import HepMode
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.resync.kamailio_rpc import KamailioRpc
from tests.peers.certificates import make_certificate
from tests.peers.kamailio_registrar import SNIPPET, kamailio_registrar, mirrors_to
from tests.peers.polycom import USER
from tests.story.site import Site, settings_from, site, tables


def told(settings: Settings, host: str, level: Level) -> list[Finding]:
    found = [finding for finding in check_host(settings, HOSTS[host]) if finding.level is level]
    assert level is Level.OK or all(finding.mend for finding in found)
    return found


def texts(found: list[Finding]) -> str:
    return "\n".join(f"{finding.what} | {finding.mend}" for finding in found)


@contextmanager
def beside_kamailio(
    folder: Path,
    *,
    mirrors: bool = True,
    known: Mapping[str, str] | None = None,
    transport: str = "udp",
    snippet: Path = SNIPPET,
    **more: dict[str, object],
) -> Generator[Site]:
    """An installation beside a Kamailio that mirrors to it, or elsewhere."""
    port = free_ports(1)[0]
    hep = ("127.0.0.1", port if mirrors else free_ports(1)[0])
    passwords = known or {USER: "s3cret"}
    with kamailio_registrar(passwords, defines=mirrors_to(hep), snippet=snippet, has_tcp=transport == "tcp") as pbx:
        given = tables(
            phones={"password": "shared"},
            registrar={"by": "pbx", "pbx_port": pbx.address[1], "transport": transport},
            hep={"listen": f"127.0.0.1:{port}"},
            resync={"by": "kamailio", "kamailio": str(pbx.folder / "rpc")},
            **more,
        )
        with site(folder, given, sip_password="s3cret") as running:
            yield running


def test_our_own_registrar_is_found_right(tmp_path: Path) -> None:
    with site(tmp_path, tables()) as running:
        assert told(running.settings, EMBEDDED, Level.WRONG) == []
        right = texts(told(running.settings, EMBEDDED, Level.OK))
    assert "accepts the phones' password (realm 'autoprov')" in right
    assert "our own registration came" in right
    assert "emergency numbers included" in right


def test_over_tls_our_own_registrar_is_tried_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = make_certificate(tmp_path)
    registrar: dict[str, object] = {
        "listeners": [f"tls:127.0.0.1:{free_ports(1)[0]}"],
        "transport": "tls",
        "tls_certificate": files.certificate.name,
        "tls_key": files.key.name,
    }
    with site(tmp_path, tables(registrar=registrar)) as running:
        (warning,) = told(running.settings, EMBEDDED, Level.WARNING)
        assert "a certificate that this machine does not trust: self-signed certificate" in warning.what
        assert "/tls accepts the phones' password" in texts(told(running.settings, EMBEDDED, Level.OK))
        monkeypatch.setenv("SSL_CERT_FILE", str(files.certificate))
        assert told(running.settings, EMBEDDED, Level.WARNING) == []


def test_the_try_makes_no_row_and_no_entry(tmp_path: Path) -> None:
    with site(tmp_path, tables()) as running:
        told(running.settings, EMBEDDED, Level.OK)
        with open_queue(running.settings) as queue:
            assert queue.find(NOBODY) is None
        assert running.rows("all") == []


def test_a_registrar_that_does_not_run_is_wrong(tmp_path: Path) -> None:
    settings = demo_settings(tmp_path)
    make_databases(settings)
    assert "is 'autoprov up' running?" in texts(told(settings, EMBEDDED, Level.WRONG))


def test_a_kamailio_that_tells_us_is_found_right(tmp_path: Path) -> None:
    with beside_kamailio(tmp_path) as running:
        assert texts(told(running.settings, "kamailio", Level.WRONG)) == ""
        right = texts(told(running.settings, "kamailio", Level.OK))
    assert "our own registration came" in right
    assert "[resync] by = kamailio: Kamailio reaches" in right


def test_over_tcp_a_kamailio_is_tried_over_tcp(tmp_path: Path) -> None:
    with beside_kamailio(tmp_path, transport="tcp") as running:
        assert texts(told(running.settings, "kamailio", Level.WRONG)) == ""
        assert "/tcp accepts the phones' password" in texts(told(running.settings, "kamailio", Level.OK))


def test_a_kamailio_without_tcp_is_not_found_right_by_its_udp(tmp_path: Path) -> None:
    with beside_kamailio(tmp_path) as running:
        over_tcp = replace(running.settings.registrar, transport=Transport.TCP)
        (wrong,) = told(replace(running.settings, registrar=over_tcp), "kamailio", Level.WRONG)
    assert "/tcp does not answer a REGISTER: Connection refused" in wrong.what
    assert "pbx_port and transport" in wrong.mend


def test_who_does_not_speak_tls_is_told_over_tls(tmp_path: Path) -> None:
    with beside_kamailio(tmp_path, transport="tcp") as running:
        over_tls = replace(running.settings.registrar, transport=Transport.TLS)
        wrong = texts(told(replace(running.settings, registrar=over_tls), "kamailio", Level.WRONG))
    assert "/tls does not answer a REGISTER" in wrong


def test_a_kamailio_that_keeps_every_phones_contact_is_warned_of(tmp_path: Path) -> None:
    snippet = tmp_path / "plainly.cfg"
    snippet.write_text(SNIPPET.read_text("utf-8").replace(', "0x04"', ""), "utf-8")
    with beside_kamailio(tmp_path, snippet=snippet) as running:
        rpc = KamailioRpc(running.settings.resync.kamailio, timeout=timedelta(seconds=20))
        for number in range(14):
            rpc.call("ul.add", "location", USER, f"sip:{USER}@192.0.2.{number}", "300", "1.0", "", "0", "0", "0")
        assert told(running.settings, "kamailio", Level.WARNING) == []
        rpc.call("ul.add", "location", USER, f"sip:{USER}@192.0.2.99", "300", "1.0", "", "0", "0", "0")
        (warning,) = told(running.settings, "kamailio", Level.WARNING)
    assert "keeps 16 contacts for all phones together" in warning.what
    assert 'save("location", "0x04")' in warning.mend


def test_a_kamailio_that_does_not_tell_us_is_found_out(tmp_path: Path) -> None:
    with beside_kamailio(tmp_path, mirrors=False) as running:
        (wrong,) = told(running.settings, "kamailio", Level.WRONG)
    assert "nobody told us of it" in wrong.what
    assert "route(AUTOPROV)" in wrong.mend


@pytest.mark.parametrize("known", [{USER: "another"}, {"200": "s3cret"}])
def test_a_password_or_a_user_that_kamailio_does_not_know_is_found_out(tmp_path: Path, known: dict[str, str]) -> None:
    with beside_kamailio(tmp_path, known=known) as running:
        (wrong,) = told(running.settings, "kamailio", Level.WRONG)
    assert "answers 401" in wrong.what
    assert "secrets/sip-password" in wrong.mend
    assert "ha1" in wrong.mend
    assert "s3cret" not in texts([wrong])


def test_who_takes_the_pbx_for_our_registrar_is_told_by_the_realm(tmp_path: Path) -> None:
    with beside_kamailio(tmp_path) as running:
        at = Listen("127.0.0.1", running.settings.registrar.told_port)
        ours = replace(running.settings.registrar, is_ours=True, listen=at)
        settings = replace(running.settings, registrar=ours)
        assert "which is not ours" in texts(told(settings, EMBEDDED, Level.WRONG))


def test_who_takes_our_registrar_for_the_pbx_is_told_by_the_realm(tmp_path: Path) -> None:
    with site(tmp_path, tables(phones={"password": "shared"}), sip_password="s3cret") as running:
        port = running.settings.registrar.listen.port
        theirs = replace(running.settings.registrar, is_ours=False, pbx_port=port)
        settings = replace(running.settings, registrar=theirs)
        wrong = texts(told(settings, "asterisk", Level.WRONG))
    assert "the realm of our own registrar" in wrong
    assert "[hep] is not set" in wrong


def test_a_mode_that_is_not_the_hosts_is_a_warning(tmp_path: Path) -> None:
    with beside_kamailio(tmp_path) as running:
        (warning,) = told(running.settings, "asterisk", Level.WARNING)
    assert 'mode = "everything"' in warning.mend


@pytest.mark.parametrize("mode", HepMode)
def test_opensips_may_mirror_everything_or_filter(tmp_path: Path, mode: HepMode) -> None:
    hep: dict[str, object] = {"listen": "127.0.0.1:9060", "mode": mode.value}
    given = tables(phones={"password": "shared"}, registrar={"by": "pbx"}, resync={"by": "source"}, hep=hep)
    settings = settings_from(tmp_path, given, secrets=Secrets(b"k" * 32, "s3cret", "made-up"))
    assert list(check_host_settings(settings, HOSTS["opensips"])) == []


def test_kamailio_that_cannot_be_asked_to_re_sync_is_wrong(tmp_path: Path) -> None:
    with beside_kamailio(tmp_path) as running:
        resync = replace(running.settings.resync, kamailio=str(tmp_path / "nobody"))
        wrong = texts(told(replace(running.settings, resync=resync), "kamailio", Level.WRONG))
    assert "[resync] by = kamailio" in wrong
    assert "No such file" in wrong


def test_without_a_password_that_the_pbx_could_know_nothing_is_tried(tmp_path: Path) -> None:
    settings = demo_settings(tmp_path)
    assert "there is no password to register" in texts(told(settings, "kamailio", Level.WRONG))


@pytest.mark.parametrize(
    ("host", "status", "word"),
    [("asterisk", 403, "max_contacts"), ("kamailio", 503, "max_contacts"), ("freeswitch", 403, "password")],
)
def test_what_an_answer_means_depends_on_the_host(host: str, status: int, word: str) -> None:
    assert word in HOSTS[host].mend(ProbeAnswer(status, "pbx", 0))
