"""What several commands take: where the settings are, and JSON instead of a table."""

from pathlib import Path

import click

from autoprov.settings import Settings
from autoprov.settings_file import load_settings

EXIT_WRONG = 1
"""The answer is no, or something has to be mended first."""
EXIT_SETTINGS = 2
"""The settings or the command line are wrong."""
_CANDIDATES = (Path("autoprov.toml"), Path("/etc/autoprov/autoprov.toml"))

settings_option = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="AUTOPROV_SETTINGS",
    show_envvar=True,
    help="The settings file; without it ./autoprov.toml, then /etc/autoprov/autoprov.toml.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON on standard output, for scripts.")


def given_settings(given: Path | None) -> Settings:
    """The settings of *given*, which is ``--settings``, or of where they usually are.

    Raises:
        SettingsError: as ``load_settings``.
    """
    file = given or next((candidate for candidate in _CANDIDATES if candidate.exists()), _CANDIDATES[0])
    return load_settings(file.absolute())


def say_or_fail(done: bool, said: str, failed: str) -> None:
    """One line of what was done, or the command's failure."""
    if not done:
        raise click.ClickException(failed)
    click.echo(said)
