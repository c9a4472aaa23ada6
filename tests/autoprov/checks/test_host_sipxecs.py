"""``autoprov check --host sipxecs`` with the settings of docs/hosts/sipxecs.md, at a registrar that acts as one."""

from contextlib import AbstractContextManager
from pathlib import Path

from autoprov.checks.finding import Level
from autoprov.checks.host import check_host
from autoprov.checks.host_settings import HOSTS, check_host_settings
from autoprov.demo.site import free_ports
from autoprov.settings.secret_files import Secrets
from tests.autoprov.sipxecs_directory import DOMAIN, PASSWORD, USER, write_sipxecs_files
from tests.peers.dns import dns_server
from tests.peers.kamailio import Kamailio
from tests.peers.kamailio_sipxecs import kamailio_as_sipxecs, reg_event_server_at
from tests.story.site import Site, Tables, settings_from, site, tables

REGISTRAR = {"by": "pbx", "address": DOMAIN, "pbx_port": 0}


def found(running: Site, pbx: Kamailio, level: Level) -> str:
    """What the check says so of *pbx*, which the phones' domain leads to by DNS alone."""
    with dns_server(srv={f"_sip._udp.{DOMAIN}": [(10, 1, pbx.address[1], "localhost")]}) as name_server:
        findings = list(check_host(running.settings, HOSTS["sipxecs"], name_servers=[name_server]))
    return "\n".join(f"{each.what} | {each.mend}" for each in findings if each.level is level)


def registrar(folder: Path, *, tells: Path | None = None) -> AbstractContextManager[Kamailio]:
    return kamailio_as_sipxecs(folder, user=USER, password=PASSWORD, domain=DOMAIN, tells=tells)


def with_plugin(folder: Path, **sipxecs: object) -> Tables:
    return tables(
        registrar=dict(REGISTRAR),
        resync={"by": "source"},
        plugin={"socket": str(folder / "s")},
        sipxecs={**write_sipxecs_files(folder), **sipxecs},
    )


def test_a_sipxecs_whose_plug_in_tells_us_is_found_right(tmp_path: Path) -> None:
    with (
        registrar(tmp_path, tells=tmp_path / "s") as pbx,
        site(tmp_path, with_plugin(tmp_path)) as running,
    ):
        assert found(running, pbx, Level.WRONG) == ""
        right = found(running, pbx, Level.OK)
    assert f"sipXecs at localhost:{pbx.address[1]}/udp accepts the phones' password (realm '{DOMAIN}')" in right
    assert "our own registration came" in right


def test_a_sipxecs_whose_plug_in_does_not_tell_us_is_found_out(tmp_path: Path) -> None:
    with (
        registrar(tmp_path, tells=tmp_path / "another") as pbx,
        site(tmp_path, with_plugin(tmp_path)) as running,
    ):
        wrong = found(running, pbx, Level.WRONG)
    assert "nobody told us of it" in wrong
    assert "[plugin] socket and its group, or [sipxecs] reg_event" in wrong


def test_a_sipxecs_that_we_subscribe_to_is_found_right(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    aor = f"sip:{USER}@{DOMAIN}"
    with (
        reg_event_server_at(tmp_path / "told", address_of_record=aor) as notifier,
        registrar(tmp_path, tells=tmp_path / "told") as pbx,
    ):
        reg_event = {"reg_event": f"127.0.0.1:{notifier.address[1]}", "reg_event_listen": f"127.0.0.1:{port}"}
        sipxecs = {**write_sipxecs_files(tmp_path), "address_of_record": "shared", **reg_event}
        given = tables(registrar=dict(REGISTRAR), resync={"by": "source"}, sipxecs=sipxecs)
        with site(tmp_path, given) as running:
            running.wait_until_served("0004f2abcdef-registration.cfg", 200)
            assert found(running, pbx, Level.WRONG) == ""
            assert "our own registration came" in found(running, pbx, Level.OK)
        assert pbx.contacts(USER) == []


def test_without_anybody_who_tells_us_the_settings_are_wrong(tmp_path: Path) -> None:
    given = tables(registrar=dict(REGISTRAR), resync={"by": "source"}, sipxecs=write_sipxecs_files(tmp_path))
    settings = settings_from(tmp_path, given, secrets=Secrets(b"k" * 32, None, "made-up"))
    (wrong,) = check_host_settings(settings, HOSTS["sipxecs"])
    assert "neither [plugin] nor reg_event is set" in wrong.what


def test_without_a_sipxecs_in_the_settings_they_are_wrong(tmp_path: Path) -> None:
    settings = settings_from(tmp_path, tables(), secrets=Secrets(b"k" * 32, None, "made-up"))
    assert "[sipxecs] is not set" in "\n".join(each.what for each in check_host_settings(settings, HOSTS["sipxecs"]))


def test_a_domain_that_no_name_server_knows_of_is_said(tmp_path: Path) -> None:
    settings = settings_from(tmp_path, with_plugin(tmp_path), secrets=Secrets(b"k" * 32, None, "made-up"))
    wrong = [each for each in check_host(settings, HOSTS["sipxecs"], name_servers=[]) if each.level is Level.WRONG]
    assert [each.what for each in wrong] == [
        f"phones do not find sipXecs: DNS does not say whether there is _sip._udp.{DOMAIN} (no name server is known)"
    ]
