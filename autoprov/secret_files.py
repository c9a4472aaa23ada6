"""Secrets, one to a file that only its owner can read."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from autoprov.settings_reader import SettingsError

INSTALLATION_KEY = "installation-key"
SIP_PASSWORD = "sip-password"  # noqa: S105 - a file's name
CONFIG_SYSTEM_PASSWORD = "config-system-password"  # noqa: S105 - a file's name
_PASSWORD_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the secrets directory holds; never printed.

    *installation_key* makes unique IDs unguessable; *sip_password* is the autoprovision user's;
    *config_system_password* belongs to the user name in the settings.
    """

    installation_key: bytes = field(repr=False)
    sip_password: str = field(repr=False)
    config_system_password: str = field(repr=False)


def new_secrets() -> Secrets:
    """Fresh random secrets; the passwords need no escaping in a URL, in XML or in SIP."""
    return Secrets(secrets.token_bytes(32), _new_password(), _new_password())


def write_secrets(directory: Path, values: Secrets) -> list[Path]:
    """Write what is not there yet, each file 0600, the directory 0700; returns what was written."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    contents = {
        INSTALLATION_KEY: values.installation_key.hex(),
        SIP_PASSWORD: values.sip_password,
        CONFIG_SYSTEM_PASSWORD: values.config_system_password,
    }
    written: list[Path] = []
    for name, content in contents.items():
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
    """The three secrets.

    Raises:
        SettingsError: a file is missing, readable by others, or not what it should be; all are named.
    """
    problems: list[str] = []
    key = _read(directory / INSTALLATION_KEY, problems)
    sip_password = _read(directory / SIP_PASSWORD, problems)
    config_password = _read(directory / CONFIG_SYSTEM_PASSWORD, problems)
    installation_key = _key_bytes(key)
    if key and len(installation_key) < 16:
        problems.append(f"{INSTALLATION_KEY}: not 32 or more hex digits; restore it from your backup")
    if any(character in sip_password for character in "\"\\<>&'") or not sip_password.isascii():
        problems.append(
            f"{SIP_PASSWORD}: use ASCII without quotes, backslashes, <, > and &: phones differ in reading them"
        )
    if problems:
        raise SettingsError(directory, problems)
    return Secrets(installation_key, sip_password, config_password)


def _read(path: Path, problems: list[str]) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            text = file.read(4096).strip()
    except FileNotFoundError:
        problems.append(f"{path.name}: missing; 'autoprov init' writes it")
        return ""
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: cannot be read: {error}")
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
