"""Findings about the config system: whether it answers, what it speaks, and who vouches where it tells nothing."""

from collections.abc import Iterator
from datetime import datetime

from autoprov.checks.finding import Finding, Level
from autoprov.openings import config_system_client
from autoprov.settings.settings import Settings
from autoprov_worker.known_phones import NotVouched, read_known_phones
from sipxconfig_client.capabilities import Capabilities
from sipxconfig_client.errors import AccessDenied, Refused, Unreachable

_HOW_TO = "say in [known_phones] where its tftproot is, or a list of its phones: docs/settings.md"


def check_config_system(settings: Settings, *, running: bool, now: datetime) -> Iterator[Finding]:
    """*running*: the embedded config system of this installation does."""
    if settings.config_system.kind == "embedded" and not running:
        yield Finding(Level.OK, "the embedded config system starts with 'autoprov up'")
        return
    try:
        with config_system_client(settings) as client:
            found = client.capabilities()
            if found.tells_phones:
                client.phones(start=0, limit=1)
    except (Unreachable, Refused) as error:
        mend = "see [config_system] url and the network"
        yield Finding(Level.WRONG, f"the config system does not answer: {error}", mend)
    except AccessDenied as error:
        mend = "see [config_system] user_name and secrets/config-system-password"
        if settings.config_system.kind == "embedded":
            mend = "restart 'autoprov up': it began with another password"
        yield Finding(Level.WRONG, f"the config system does not let us in: {error}", mend)
    else:
        if found.tells_phones:
            yield from _models(settings, found)
        else:
            yield Finding(Level.OK, f"the config system answers; it speaks the {found.words}")
            yield _voucher(settings, now=now)


def _models(settings: Settings, found: Capabilities) -> Iterator[Finding]:
    yield Finding(Level.OK, f"the config system answers and knows {len(found.models)} models")
    for token, operator_model in settings.models.items():
        model = found.models.get(operator_model.model_id)
        if model is None:
            yield Finding(
                Level.WRONG, f"[models] {token}: the config system has no model {operator_model.model_id!r}", "mend it"
            )
        elif model.versions and operator_model.version not in model.versions:
            mend = f"set version to one of {', '.join(model.versions)}"
            yield Finding(
                Level.WRONG, f"[models] {token}: {model.model_id} has no version {operator_model.version!r}", mend
            )


def _voucher(settings: Settings, *, now: datetime) -> Finding:
    """It lists no phones, so somebody else has to say which of them must be left alone."""
    if settings.known_phones is None:
        return Finding(Level.WARNING, "it cannot say which phones have a line, so new phones get 503", _HOW_TO)
    try:
        known = read_known_phones(settings.known_phones, now=now)
    except NotVouched as error:
        return Finding(Level.WRONG, f"[known_phones] cannot be relied on: {error}; new phones get 503", _HOW_TO)
    return Finding(Level.OK, f"[known_phones] names {len(known)} phones, which are left alone")
