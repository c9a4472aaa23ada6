"""The five answers of ``autoprov setup``, as values, and how a file gives them."""

import json
import tomllib
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import cast

from autoprov.settings.error import SettingsError
from autoprov.settings.reader import Listen, TableReader, is_host, read_listen

SIP_PORT = 5060
_EMBEDDED = "embedded"


class Host(Enum):
    """Where un-provisioned phones register, and which PBX that is."""

    EMBEDDED = _EMBEDDED
    KAMAILIO = "kamailio"
    ASTERISK = "asterisk"
    FREESWITCH = "freeswitch"
    OPENSIPS = "opensips"
    SIPXECS = "sipxecs"


MIRRORING = (Host.KAMAILIO, Host.ASTERISK, Host.FREESWITCH, Host.OPENSIPS)
"""Registrars that mirror registrations to us by HEP."""


class Boot(Enum):
    """Which HTTP server new phones boot from."""

    OWN = "own"
    APACHE = "apache"


@dataclass(frozen=True, slots=True)
class Sipxconfig:
    """A sipXconfig as the config system."""

    url: str
    user_name: str


@dataclass(frozen=True, slots=True)
class Answers:
    """*pbx* is where the users' lines register; *address* is this host's as phones are told.

    *config_system* is None for our own inventory. *boot_server* is the directory of a TFTP or FTP server in which
    phones find us, None where DHCP tells them. *sip_password* and *config_system_password* are None where they stay as
    they are, or are made up.
    """

    host: Host
    pbx: Listen
    address: str
    config_system: Sipxconfig | None
    boot: Boot
    networks: tuple[str, ...]
    discovery: str
    boot_server: Path | None = None
    sip_password: str | None = field(default=None, repr=False)
    config_system_password: str | None = field(default=None, repr=False)


def read_answers(file: Path, *, defaults: Answers) -> Answers:
    """The answers in a TOML file, or JSON where it is named so; what is not there is as in *defaults*.

    Raises:
        SettingsError: it cannot be read, or says something else than answers; all is named.
    """
    problems: list[str] = []
    table = TableReader("answers", _parse(file), problems)
    pbx = table.text("pbx", str(defaults.pbx))
    boot = table.text("boot", str(defaults.boot_server or defaults.boot.value))
    answers = Answers(
        host=Host(table.choice("host", defaults.host.value, among=tuple(each.value for each in Host))),
        pbx=read_pbx(pbx) or defaults.pbx,
        address=table.host("address", defaults.address),
        config_system=_config_system(table, defaults.config_system),
        boot=read_boot(boot)[0],
        networks=table.texts("networks") or defaults.networks,
        discovery=table.choice("discovery", defaults.discovery, among=("open", "closed", "scheduled")),
        boot_server=read_boot(boot)[1],
        sip_password=_secret(table, "sip_password_file", file.parent),
        config_system_password=_secret(table, "config_system_password_file", file.parent),
    )
    if read_pbx(pbx) is None:
        problems.append(f"[answers] pbx: {pbx!r} is not an address such as 192.0.2.10 or pbx.example.org:5060")
    table.finish()
    if problems:
        raise SettingsError(file, [problem.removeprefix("[answers] ") for problem in problems])
    return answers


def read_pbx(text: str) -> Listen | None:
    """A host, with its SIP port unless that is 5060; None for anything else."""
    if is_host(text):
        return Listen(text, SIP_PORT)
    listen = read_listen(text)
    return listen if listen is not None and is_host(listen.host) and listen.port else None


def read_boot(text: str) -> tuple[Boot, Path | None]:
    """``own``, ``apache``, or a boot server's directory, whose phones then come to our own HTTP server."""
    named = next((each for each in Boot if each.value == text), None)
    return (Boot.OWN, Path(text)) if named is None else (named, None)


def _parse(file: Path) -> dict[str, object]:
    try:
        text = file.read_text(encoding="utf-8")
        values: object = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise SettingsError(file, [f"cannot be read: {error.strerror}"]) from error
    except (UnicodeDecodeError, json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(file, [f"is neither TOML nor, with a name that ends in .json, JSON: {error}"]) from error
    if not isinstance(values, dict):
        raise SettingsError(file, ["should be one object, with the answers as its members"])
    return cast("dict[str, object]", values)


def _config_system(table: TableReader, default: Sipxconfig | None) -> Sipxconfig | None:
    url = table.text("config_system", default.url if default else _EMBEDDED, meaning="embedded, or a sipXconfig's URL")
    user_name = table.text("config_system_user", default.user_name if default else "superadmin", pattern=r".*")
    return None if url == _EMBEDDED else Sipxconfig(url, user_name)


def _secret(table: TableReader, key: str, base: Path) -> str | None:
    """The first line of the file that *key* names: a secret never stands among the answers."""
    name = table.text(key, "", meaning="a path")
    if not name:
        return None
    try:
        lines = (base / name).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        table.problems.append(f"{key}: {base / name} cannot be read: {error.strerror}")
        return None
    except UnicodeDecodeError as error:
        table.problems.append(f"{key}: {base / name} is not UTF-8 text, see byte {error.start}")
        return None
    if not lines or not lines[0]:
        table.problems.append(f"{key}: {base / name} is empty; its first line should be the password")
        return None
    return lines[0]
