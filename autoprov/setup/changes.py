"""From answers to the keys of the settings that they mean, and back."""

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from autoprov.settings.access import PRIVATE, PRIVATE_NETWORKS
from autoprov.settings.edit import Change, Value
from autoprov.settings.reader import Listen
from autoprov.settings.resync import FLOW, SIPXCONFIG, SOURCE
from autoprov.settings.settings import Settings
from autoprov.setup.answers import MIRRORING, SIP_PORT, Answers, Boot, Host, Sipxconfig
from registrar_plugin.hosts.hep_rules import HepMode

OWN_PORT = 8480
APACHE_PORT = 8483
"""That of the Debian package's Apache configuration."""
HEP_PORT = 9060
SOCKET = "/run/autoprov/plugin.sock"
_FILTERING = (Host.KAMAILIO,)
"""Those that mirror accepted registrations and nothing else, as contrib/ has it."""


def new_answers(address: str) -> Answers:
    """What is proposed where nothing is yet."""
    return Answers(
        host=Host.EMBEDDED,
        pbx=Listen(address, SIP_PORT),
        address=address,
        config_system=None,
        boot=Boot.OWN,
        networks=(PRIVATE,),
        discovery="open",
    )


def answers_of(settings: Settings) -> Answers:
    """What an installation's settings answer; what they say beyond the questions is not in it."""
    config_system = settings.config_system
    url = urlsplit(settings.phones.url)
    networks = settings.access.networks
    private = tuple(network for network in networks if network not in PRIVATE_NETWORKS)
    return Answers(
        host=_host_of(settings),
        pbx=Listen(settings.lines.registrar, settings.lines.port),
        address=url.hostname or settings.registrar.address,
        config_system=None
        if config_system.kind == "embedded"
        else Sipxconfig(config_system.url, config_system.user_name),
        boot=Boot.APACHE if url.port == APACHE_PORT else Boot.OWN,
        networks=(PRIVATE, *private) if set(PRIVATE_NETWORKS) <= set(networks) else networks,
        discovery=settings.access.discovery,
    )


def changes_for(answers: Answers, *, before: Answers | None, provision_config: Path | None) -> tuple[Change, ...]:
    """What the settings have to say; only of the answers that are others than *before*, None: of all of them.

    *provision_config* is a sipXecs' own file, None where this machine is none.
    """
    changes: list[Change] = []
    if before is None or (answers.host, answers.pbx) != (before.host, before.pbx):
        changes += _host(answers, provision_config=provision_config)
    if before is None or (answers.address, answers.boot) != (before.address, before.boot):
        changes += _address(answers, at_pbx=registers_at_pbx(answers, provision_config=provision_config))
    if before is None or answers.config_system != before.config_system:
        changes += _config_system(answers.config_system)
    if before is None or answers.networks != before.networks:
        changes.append(Change("access", "networks", answers.networks))
    if before is None or answers.discovery != before.discovery:
        changes.append(Change("access", "discovery", answers.discovery))
    return tuple(changes)


def registers_at_pbx(answers: Answers, *, provision_config: Path | None) -> bool:
    """Whether new phones register at the PBX; at a sipXecs only where its files tell us as whom."""
    return answers.host in MIRRORING or (answers.host is Host.SIPXECS and provision_config is not None)


def needs_sip_password(host: Host) -> bool:
    """Whether new phones share a SIP password that the PBX has to know."""
    return host in MIRRORING


def contradictions(answers: Answers) -> list[str]:
    """What is right answer by answer and wrong together, each with what to do."""
    problems: list[str] = []
    if answers.host in MIRRORING and not _is_this_machine(answers) and not _is_ip_address(answers.pbx.host):
        problems.append(
            f"pbx: {answers.pbx.host} is another machine, whose datagrams are heard by its IP address: give that"
        )
    if answers.host is Host.SIPXECS and answers.config_system is None:
        problems.append("config_system: with sipXecs, its URL, such as https://pbx.example.org/sipxconfig")
    if answers.boot_server is not None and not answers.boot_server.is_absolute():
        problems.append(
            f"boot: {str(answers.boot_server)!r} is neither own nor apache nor a directory such as /srv/tftp"
        )
    return problems


def _host(answers: Answers, *, provision_config: Path | None) -> list[Change]:
    at_pbx = registers_at_pbx(answers, provision_config=provision_config)
    hep: dict[str, Value | None] = {"listen": None, "mode": None, "senders": None}
    if answers.host in MIRRORING:
        mode = HepMode.FILTERED if answers.host in _FILTERING else HepMode.EVERYTHING
        near = _is_this_machine(answers)
        hep = {
            "listen": f"{'127.0.0.1' if near else '0.0.0.0'}:{HEP_PORT}",  # noqa: S104 - heard from the PBX alone
            "mode": mode.value,
            "senders": None if near else (answers.pbx.host,),
        }
    on_sipxecs = at_pbx and answers.host is Host.SIPXECS
    return [
        Change("lines", "registrar", answers.pbx.host),
        Change("lines", "port", answers.pbx.port),
        Change("lines", "own_files_by", "pbx" if answers.host is Host.SIPXECS else "autoprov"),
        Change("registrar", "by", "pbx" if at_pbx else "autoprov"),
        Change("registrar", "address", answers.pbx.host if at_pbx else answers.address),
        Change("registrar", "pbx_port", _pbx_port(answers) if at_pbx else None),
        Change("phones", "password", "shared" if needs_sip_password(answers.host) else "per-phone"),
        *(Change("hep", key, value) for key, value in hep.items()),
        Change("resync", "by", _resync(answers.host, at_pbx=at_pbx)),
        Change("plugin", "socket", SOCKET if on_sipxecs else None),
        Change("sipxecs", "provision_config", str(provision_config) if on_sipxecs else None),
    ]


def _pbx_port(answers: Answers) -> int:
    """0 at a sipXecs: there DNS tells phones."""
    return 0 if answers.host is Host.SIPXECS else answers.pbx.port


def _resync(host: Host, *, at_pbx: bool) -> str:
    """Who tells phones to fetch their files; Asterisk and Kamailio can as well, once they are set up for it."""
    if not at_pbx:
        return FLOW
    return SIPXCONFIG if host is Host.SIPXECS else SOURCE


def _address(answers: Answers, *, at_pbx: bool) -> list[Change]:
    host = f"[{answers.address}]" if ":" in answers.address else answers.address
    port = APACHE_PORT if answers.boot is Boot.APACHE else OWN_PORT
    changes = [Change("phones", "url", f"http://{host}:{port}")]
    if not at_pbx:
        changes.append(Change("registrar", "address", answers.address))
    return changes


def _config_system(config_system: Sipxconfig | None) -> list[Change]:
    if config_system is None:
        return [Change("config_system", "kind", "embedded"), Change("config_system", "url", None)]
    return [
        Change("config_system", "kind", "sipxconfig"),
        Change("config_system", "url", config_system.url),
        Change("config_system", "user_name", config_system.user_name),
    ]


def _host_of(settings: Settings) -> Host:
    """Registrars that mirror the same look alike: Kamailio stands for those that filter, Asterisk for the others."""
    if settings.hep is not None:
        return Host.KAMAILIO if settings.hep.mode is HepMode.FILTERED else Host.ASTERISK
    return Host.SIPXECS if not settings.lines.serve_own_files else Host.EMBEDDED


def _is_this_machine(answers: Answers) -> bool:
    return answers.pbx.host in (answers.address, "localhost") or answers.pbx.host.startswith("127.")


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
