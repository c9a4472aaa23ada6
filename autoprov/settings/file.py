"""Reading the settings file, strictly: an unknown key, a wrong type or a contradiction is a problem."""

import tomllib
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from autoprov.settings.access import access_contradictions, read_access
from autoprov.settings.error import SettingsError
from autoprov.settings.hep import hep_contradictions, read_hep
from autoprov.settings.known_phones import read_known_phones_table
from autoprov.settings.overlay_files import DIRECTORY as OVERLAY_DIRECTORY
from autoprov.settings.overlay_files import load_overlay
from autoprov.settings.plugin import read_plugin
from autoprov.settings.queue import read_queue
from autoprov.settings.reader import TableReader, is_host
from autoprov.settings.registrar import read_registrar, registrar_contradictions
from autoprov.settings.resync import read_resync, resync_contradictions
from autoprov.settings.secret_files import Secrets, read_secrets
from autoprov.settings.settings import (
    ConfigSystemSettings,
    ConsoleSettings,
    LinesSettings,
    PhonesSettings,
    Settings,
    WebSettings,
)
from autoprov.settings.shared_ports import shared_ports
from autoprov.settings.sipxecs import read_sipxecs, sipxecs_contradictions
from autoprov.settings.sipxecs_user import with_provision_user
from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_overlay import Overlay
from autoprov_phones.polycom_site import check_phone_url
from autoprov_phones.sipxconfig_models import OperatorModel

# No blanks, commas or @: a Polycom cannot read them in CONFIG_FILES (phones 1.3).
_URL = r"https?://[A-Za-z0-9.\-\[\]:_]+(/[A-Za-z0-9._~/\-]*)?"
_USER_NAME = r"[^\x00-\x1f\x7f]*"  # none for sipXconfig's internal port
_SIP_USER = r"[A-Za-z0-9~_.!*'()\-]{1,64}"  # RFC 3261 §25.1 user, what phones take without escaping
_NAME = r"[A-Za-z0-9_.\-]+"
TABLES = (
    *("site", "queue", "phones", "web", "access", "registrar", "hep", "plugin"),
    *("sipxecs", "resync", "config_system", "known_phones", "inventory", "lines", "worker", "console"),
)
MODELS = "models"


def load_settings(file: Path) -> Settings:
    """Read the settings file and the ``secrets`` directory beside it.

    Raises:
        SettingsError: everything that is wrong, with file, key and reason.
    """
    return read_settings(file, _parse(file), read_secrets(file.parent / "secrets"))


def read_settings(file: Path, tables: dict[str, object], secrets: Secrets) -> Settings:
    """Settings from parsed TOML; relative paths start at the file's directory.

    Raises:
        SettingsError: as ``load_settings``.
    """
    known = (*TABLES, MODELS)
    problems = [f"[{name}]: no such table; there are {', '.join(known)}" for name in tables if name not in known]
    reader = {name: _reader(name, tables, problems) for name in known}
    settings = Settings(
        file=file,
        state_directory=file.parent / reader["site"].text("state_directory", "state", meaning="a path"),
        secrets=secrets,
        queue=read_queue(reader["queue"]),
        phones=_phones(reader["phones"]),
        web=_web(reader["web"]),
        access=read_access(reader["access"], file.parent),
        registrar=read_registrar(reader["registrar"], file.parent),
        hep=read_hep(reader["hep"], key=secrets.hep_key),
        plugin_socket=read_plugin(reader["plugin"], file.parent),
        sipxecs=read_sipxecs(reader["sipxecs"], file.parent),
        resync=read_resync(reader["resync"]),
        config_system=_config_system(reader["config_system"], file.parent),
        inventory_listen=reader["inventory"].listen("listen", "127.0.0.1:8481"),
        lines=_lines(reader["lines"]),
        snapshot_every=reader["worker"].duration("snapshot_every", "5m"),
        known_phones=read_known_phones_table(reader["known_phones"], file.parent),
        looks_per_minute=reader["worker"].integer("looks_per_minute", 60, low=0, high=600),
        console=ConsoleSettings(
            listen=reader["console"].listen("listen", "127.0.0.1:8482"),
            host_names=reader["console"].texts("host_names"),
        ),
        models=_models(reader[MODELS], problems),
        overlay=_overlay(file.parent / OVERLAY_DIRECTORY, problems),
    )
    settings = with_provision_user(settings)
    for name in TABLES:
        reader[name].finish()
    problems += _contradictions(settings)
    if problems:
        raise SettingsError(file, problems)
    return settings


def _parse(file: Path) -> dict[str, object]:
    try:
        if file.is_fifo():
            raise SettingsError(file, ["is a pipe, should be a file"])
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            file, ["not there; name yours by --settings or AUTOPROV_SETTINGS, or write one: autoprov init DIRECTORY"]
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(file, [f"is not UTF-8 text, see byte {error.start}"]) from error
    except OSError as error:
        raise SettingsError(file, [f"cannot be read: {error.strerror}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(file, [f"is not TOML: {error}"]) from error


def _reader(name: str, tables: dict[str, object], problems: list[str]) -> TableReader:
    table = tables.get(name, {})
    if not isinstance(table, dict):
        problems.append(f"[{name}]: is a value, should be a table")
        return TableReader(name, {}, problems)
    return TableReader(name, cast("dict[str, object]", table), problems)


def _phones(table: TableReader) -> PhonesSettings:
    return PhonesSettings(
        url=table.text("url", "http://127.0.0.1:8480", pattern=_URL, meaning="an http(s) URL as a phone reads it"),
        autoprovision_user=table.text(
            "autoprovision_user", "~~id~autoprovision", pattern=_SIP_USER, meaning="a SIP user name"
        ),
        unique_id_length=table.integer("unique_id_length", 6, low=4, high=10),
        share_password=table.choice("password", "per-phone", among=("per-phone", "shared")) == "shared",
        old_password_until=table.end_of_day("old_password_until"),
    )


def _web(table: TableReader) -> WebSettings:
    return WebSettings(
        listen=table.listen("listen", "0.0.0.0:8480"),
        snapshot_max_age=table.duration("snapshot_max_age", "15m"),
        retry_after=table.duration("retry_after", "30s"),
    )


def _config_system(table: TableReader, base: Path) -> ConfigSystemSettings:
    ca_file = table.text("ca_file", "", meaning="a path")
    return ConfigSystemSettings(
        kind=table.choice("kind", "embedded", among=("embedded", "sipxconfig")),
        url=table.text("url", "", pattern=_URL, meaning="a URL that ends before /api"),
        user_name=table.text("user_name", "superadmin", pattern=_USER_NAME, meaning="a user name"),
        ca_file=base / ca_file if ca_file else None,
        timeout=table.duration("timeout", "20s"),
    )


def _lines(table: TableReader) -> LinesSettings:
    return LinesSettings(
        registrar=table.host("registrar", "127.0.0.1"),
        port=table.integer("port", 5060, low=1, high=65535),
        serve_own_files=table.choice("own_files_by", "autoprov", among=("autoprov", "pbx")) == "autoprov",
    )


def _models(table: TableReader, problems: list[str]) -> dict[str, OperatorModel]:
    """``"CCX_500" = { model_id = "polycomVVX450", version = "polycom5.5.2" }``; the version may be left out."""
    models: dict[str, OperatorModel] = {}
    for token, value in table.values.items():
        if not isinstance(value, dict):
            problems.append(f'[models] {token}: should look like {{ model_id = "polycomVVX450" }}')
            continue
        row = TableReader(f"models.{token}", cast("dict[str, object]", value), problems)
        model_id = row.text("model_id", "", pattern=_NAME, meaning="a sipXconfig model id")
        version = row.text("version", "", pattern=_NAME, meaning="a sipXconfig version name")
        row.finish()
        if not model_id:
            problems.append(f"[models] {token}: model_id is missing")
        models[token] = OperatorModel(model_id, version or None)
    return models


def _overlay(directory: Path, problems: list[str]) -> Overlay:
    try:
        return load_overlay(directory)
    except SettingsError as error:
        problems += [f"{directory.name}/{problem}" for problem in error.problems]
        return Overlay()


def _contradictions(settings: Settings) -> list[str]:
    """What is right key by key and wrong together."""
    problems: list[str] = []
    if settings.config_system.kind == "sipxconfig" and not settings.config_system.url:
        problems.append('[config_system] url: needed with kind = "sipxconfig", e.g. https://pbx.example.org/sipxconfig')
    if settings.web.snapshot_max_age < 2 * settings.snapshot_every:
        problems.append("[web] snapshot_max_age: should be at least twice [worker] snapshot_every")
    if settings.phones.share_password and settings.secrets.sip_password is None:
        problems.append('[phones] password: "shared" needs a password of yours in secrets/sip-password, mode 0600')
    if not settings.registrar.is_ours and not settings.phones.share_password:
        problems.append('[registrar] by: "pbx" needs [phones] password = "shared": it cannot know one of each phone')
    if settings.config_system.kind == "embedded" and not settings.config_system.user_name:
        problems.append('[config_system] user_name: may be empty with kind = "sipxconfig" alone, for its internal port')
    for key, url in (("[phones] url", settings.phones.url), ("[config_system] url", settings.config_system.url)):
        if url and not _has_host_and_port(url):
            problems.append(f"{key}: {url!r} has no host that can be reached, or no such port")
    if settings.phones.url.endswith(".cfg"):
        problems.append("[phones] url: ends in .cfg, which a phone takes for the name of its master file")
    try:
        check_phone_url(settings.phones.url)
    except PhoneFileError as error:
        problems.append(f"[phones] url: phones cannot read what begins with it: {error}")
    problems += access_contradictions(settings.access)
    problems += [] if settings.hep is None else hep_contradictions(settings.hep)
    if settings.sipxecs is not None:
        problems += sipxecs_contradictions(settings.sipxecs, settings.registrar)
    problems += resync_contradictions(
        settings.resync,
        is_sipxconfig=settings.config_system.kind == "sipxconfig",
        has_asterisk_password=settings.secrets.asterisk_password is not None,
        has_registrar=settings.registrar.is_ours,
    )
    return problems + registrar_contradictions(settings.registrar) + shared_ports(settings)


def _has_host_and_port(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        return False
