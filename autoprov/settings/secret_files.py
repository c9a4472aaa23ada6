"""Secrets, one to a file that only its owner can read."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from autoprov.settings.error import SettingsError

INSTALLATION_KEY = "installation-key"
SIP_PASSWORD = "sip-password"  # noqa: S105 - a file's name
OLD_SIP_PASSWORD = "sip-password.old"  # noqa: S105 - a file's name
CONFIG_SYSTEM_PASSWORD = "config-system-password"  # noqa: S105 - a file's name
HEP_KEY = "hep-key"
ASTERISK_PASSWORD = "asterisk-password"  # noqa: S105 - a file's name
QUEUE_PASSWORD = "queue-password"  # noqa: S105 - a file's name
_PASSWORD_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the secrets directory holds; never printed.

    *installation_key* makes unique IDs and each phone's SIP password unguessable; *sip_password* is one that all
    phones share, *old_sip_password* the one that they shared before; *config_system_password* belongs to the user name
    in the settings; *hep_key* is what a PBX has to put into each datagram that it mirrors;
    *asterisk_password* is the secret of Asterisk's manager; *queue_password* that of the queue's database server.
    """

    installation_key: bytes = field(repr=False)
    sip_password: str | None = field(repr=False)
    config_system_password: str = field(repr=False)
    old_sip_password: str | None = field(default=None, repr=False)
    hep_key: str | None = field(default=None, repr=False)
    asterisk_password: str | None = field(default=None, repr=False)
    queue_password: str | None = field(default=None, repr=False)


def new_secrets() -> Secrets:
    """Fresh random secrets for phones with a SIP password each; the password needs no escaping in a URL."""
    return Secrets(secrets.token_bytes(32), None, _new_password())


def write_secrets(directory: Path, values: Secrets) -> list[Path]:
    """Write what is not there yet, each file 0600, the directory 0700; returns what was written."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    contents = {
        INSTALLATION_KEY: values.installation_key.hex(),
        SIP_PASSWORD: values.sip_password,
        OLD_SIP_PASSWORD: values.old_sip_password,
        CONFIG_SYSTEM_PASSWORD: values.config_system_password,
        HEP_KEY: values.hep_key,
        ASTERISK_PASSWORD: values.asterisk_password,
        QUEUE_PASSWORD: values.queue_password,
    }
    written: list[Path] = []
    for name, content in contents.items():
        if content is None:
            continue
        path = directory / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(content + "\n")
        written.append(path)
    return written


def read_secrets(directory: Path) -> Secrets:
    """The secrets; but for the first and the config system's they are None where they have no file.

    Raises:
        SettingsError: another file is missing, or one is readable by others, or not what it should be; all are named.
    """
    problems: list[str] = []
    key = _read(directory / INSTALLATION_KEY, problems)
    sip_password = _read_sip_password(directory / SIP_PASSWORD, problems)
    old_sip_password = _read_sip_password(directory / OLD_SIP_PASSWORD, problems)
    config_password = _read(directory / CONFIG_SYSTEM_PASSWORD, problems)
    hep_key = _read_if_there(directory / HEP_KEY, problems)
    asterisk_password = _read_if_there(directory / ASTERISK_PASSWORD, problems)
    queue_password = _read_if_there(directory / QUEUE_PASSWORD, problems)
    installation_key = _key_bytes(key)
    if key and len(installation_key) < 16:
        problems.append(f"{INSTALLATION_KEY}: not 32 or more hex digits; restore it from your backup")
    if problems:
        raise SettingsError(directory, problems)
    return Secrets(
        installation_key, sip_password, config_password, old_sip_password, hep_key, asterisk_password, queue_password
    )


def _read_sip_password(path: Path, problems: list[str]) -> str | None:
    if not os.path.lexists(path):
        return None
    password = _read(path, problems)
    if any(character in password for character in "\"\\<>&'") or not password.isascii():
        problems.append(
            f"{path.name}: use ASCII without quotes, backslashes, <, > and &: phones differ in reading them"
        )
    return password


def _read_if_there(path: Path, problems: list[str]) -> str | None:
    return _read(path, problems) if os.path.lexists(path) else None


def _read(path: Path, problems: list[str]) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            text = file.read(4096).strip()
    except FileNotFoundError:
        problems.append(f"{path.name}: missing; 'autoprov init' writes it")
        return ""
    except PermissionError as error:
        problems.append(f"{path.name}: cannot be read: {error.strerror}; run this as the user of 'autoprov up'")
        return ""
    except OSError as error:
        problems.append(f"{path.name}: cannot be read: {error.strerror}")
        return ""
    except UnicodeDecodeError:
        problems.append(f"{path.name}: is not UTF-8 text")
        return ""
    if mode & 0o077:
        problems.append(f"{path.name}: others may read it (mode {mode:04o}); run: chmod 600 {path}")
    if not text:
        problems.append(f"{path.name}: empty")
    return text


def _key_bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _new_password() -> str:
    return "".join(secrets.choice(_PASSWORD_ALPHABET) for _ in range(24))
