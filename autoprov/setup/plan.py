"""What ``autoprov setup`` writes, worked out whole before anything is written."""

import secrets
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

from autoprov.atomic_file import replace_file
from autoprov.installation import SETTINGS_FILE
from autoprov.settings.edit import Change, NotEditable, edit_settings, settled
from autoprov.settings.error import SettingsError
from autoprov.settings.file import load_settings, read_settings
from autoprov.settings.secret_files import (
    CONFIG_SYSTEM_PASSWORD,
    INSTALLATION_KEY,
    SIP_PASSWORD,
    Secrets,
    new_secrets,
    read_secrets,
    write_secrets,
)
from autoprov.settings.sipxecs_files import PROVISION_CONFIG
from autoprov.settings.template import settings_text
from autoprov.setup.answers import Answers
from autoprov.setup.changes import answers_of, changes_for, needs_sip_password

SYSTEM_DIRECTORY = Path("/etc/autoprov")
SYSTEM_STATE = Path("/var/lib/autoprov")
_SECRETS = "secrets"
_OLD = ".before-setup"


@dataclass(frozen=True, slots=True)
class SetupPlan:
    """*text* is the settings file's; *before* is what it holds now, None where there is none.

    *changes* are those that differ from it, or from the template. *typed* are the secrets' files that get a new
    content, *made_up* the names of those that are missing and get one of ours.
    """

    file: Path
    text: str
    before: str | None
    changes: tuple[Change, ...]
    secrets: Secrets
    typed: dict[str, str] = field(repr=False)
    made_up: tuple[str, ...]

    @property
    def is_done(self) -> bool:
        """Whether all of it is there already."""
        return self.text == self.before and not self.typed and not self.made_up


def answers_now(directory: Path) -> Answers | None:
    """What the installation in *directory* answers; None where there is none.

    Raises:
        SettingsError: there is one, and it cannot be read.
    """
    file = directory / SETTINGS_FILE
    return answers_of(load_settings(file)) if file.exists() else None


def plan_setup(directory: Path, answers: Answers, *, before: Answers | None) -> SetupPlan:
    """What *answers* amount to in *directory*; *before* is what is answered there now.

    Raises:
        SettingsError: settings would come of it that cannot be used, or the file cannot be changed line by line.
        OSError: what is there cannot be read.
    """
    file = directory / SETTINGS_FILE
    old = None if before is None else file.read_text(encoding="utf-8")
    text = settings_text(address=answers.address) if old is None else old
    wanted = changes_for(answers, before=before, provision_config=_provision_config())
    if old is None and directory == SYSTEM_DIRECTORY:
        wanted = (Change("site", "state_directory", str(SYSTEM_STATE)), *wanted)
    changes = settled(text, wanted)
    try:
        edited = edit_settings(text, changes)
    except NotEditable as error:
        raise SettingsError(file, [f"cannot be changed line by line; write it yourself: {error}"]) from error
    held = _held(directory / _SECRETS)
    typed = _typed(answers, held)
    base = held or new_secrets()
    values = replace(
        base,
        sip_password=typed.get(SIP_PASSWORD, base.sip_password),
        config_system_password=typed.get(CONFIG_SYSTEM_PASSWORD, base.config_system_password),
    )
    read_settings(file, tomllib.loads(edited), values)
    made_up = () if held is not None else tuple({INSTALLATION_KEY, CONFIG_SYSTEM_PASSWORD} - typed.keys())
    return SetupPlan(file, edited, old, changes, values, typed, tuple(sorted(made_up)))


def write_setup(plan: SetupPlan) -> list[Path]:
    """Write as planned; the settings that were there stay beside the new ones. Returns what was written.

    Raises:
        SettingsError: somebody changed them since the plan was made; nothing is written.
        OSError: a file cannot be written.
    """
    directory = plan.file.parent
    if plan.before != (plan.file.read_text(encoding="utf-8") if plan.file.exists() else None):
        raise SettingsError(plan.file, ["was changed by somebody else just now: nothing was written; run setup again"])
    directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    written = write_secrets(directory / _SECRETS, plan.secrets)
    for name, content in plan.typed.items():
        path = directory / _SECRETS / name
        if path not in written:
            replace_file(path, f"{content}\n".encode(), mode=0o600)
            written.append(path)
    if plan.text != plan.before:
        if plan.before is not None:
            kept = plan.file.with_name(plan.file.name + _OLD)
            replace_file(kept, plan.before.encode(), mode=0o640)
            written.append(kept)
        replace_file(plan.file, plan.text.encode(), mode=0o640)
        written.append(plan.file)
    return written


def _provision_config() -> Path | None:
    """The file in which a sipXecs on this machine names its user for new phones; releases differ in its name."""
    names = (PROVISION_CONFIG, PROVISION_CONFIG.with_name("sipxautoprovision-config"))
    return next((name for name in names if name.exists()), None)


def _held(directory: Path) -> Secrets | None:
    """The secrets that are there; None before the first."""
    return read_secrets(directory) if (directory / INSTALLATION_KEY).exists() else None


def _typed(answers: Answers, held: Secrets | None) -> dict[str, str]:
    """By file, the secrets that are given, and the phones' shared one where it is needed and there is none."""
    sip_password = answers.sip_password
    if sip_password is None and needs_sip_password(answers.host) and (held is None or held.sip_password is None):
        sip_password = secrets.token_urlsafe(18)
    given = {SIP_PASSWORD: sip_password, CONFIG_SYSTEM_PASSWORD: answers.config_system_password}
    now = {
        SIP_PASSWORD: None if held is None else held.sip_password,
        CONFIG_SYSTEM_PASSWORD: None if held is None else held.config_system_password,
    }
    return {name: text for name, text in given.items() if text is not None and text != now[name]}
