"""The operator's parameter files beside the settings: ``overlay/site.conf`` and ``overlay/VVX_410.conf``. Edge."""

import os
from pathlib import Path

from autoprov.settings.error import SettingsError
from autoprov_phones.polycom_overlay import (
    MAX_BYTES,
    Overlay,
    OverlaySyntaxError,
    Parameter,
    model_token,
    read_parameters,
)
from autoprov_phones.polycom_user_agent import document_model

DIRECTORY = "overlay"
_SUFFIX = ".conf"
_SITE = "site"


def load_overlay(directory: Path) -> Overlay:
    """The parameters of all ``.conf`` files in *directory*; none where there is no such directory.

    Raises:
        SettingsError: everything that is wrong in any of them, with file, line and reason.
    """
    try:
        files = sorted(path for path in directory.iterdir() if path.suffix.lower() == _SUFFIX)
    except FileNotFoundError:
        return Overlay()
    except OSError as error:
        raise SettingsError(directory, [f"cannot be read: {error.strerror}"]) from error
    problems: list[str] = []
    found: dict[str, tuple[Parameter, ...]] = {}
    for file in files:
        token = model_token(file.stem)
        model = _SITE if file.stem.lower() == _SITE else token and document_model(token)
        if model is None:
            problems.append(f"{file.name}: no Polycom is called so; use {_SITE}.conf, or a model such as VVX_410.conf")
        elif model in found:
            problems.append(f"{file.name}: another file is named the same but for its case")
        else:
            found[model] = _parameters(file, problems)
    if problems:
        raise SettingsError(directory, problems)
    return Overlay(site=found.pop(_SITE, ()), models=found)


def _parameters(file: Path, problems: list[str]) -> tuple[Parameter, ...]:
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode & 0o777
            data = opened.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise OverlaySyntaxError([f"{file.name}: more than {MAX_BYTES} bytes"])
        parameters = read_parameters(file.name, data.decode("utf-8-sig"))
    except OSError as error:
        problems.append(f"{file.name}: cannot be read: {error.strerror}")
        return ()
    except UnicodeDecodeError as error:
        problems.append(f"{file.name}: is not UTF-8 text, see byte {error.start}")
        return ()
    except OverlaySyntaxError as error:
        problems += error.problems
        return ()
    secret = next((parameter for parameter in parameters if parameter.is_secret), None)
    if secret is not None and mode & 0o007:
        problems.append(f"{secret.origin}: {secret.name} is secret, and anybody may read it; run: chmod 640 {file}")
    return parameters
