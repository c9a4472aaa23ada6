"""What several commands take: where the settings are, and JSON instead of a table."""

from pathlib import Path

import click

from autoprov.settings.file import load_settings
from autoprov.settings.settings import Settings
from autoprov.state_owner import acting_as_owner_of, go_on_as_owner_of

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


def given_settings(given: Path | None, *, stay_root: bool = False) -> Settings:
    """The settings of *given*, which is ``--settings``, or of where they usually are.

    Root goes on as the owner of the settings or else of the state directory: what it wrote there would be in the way
    of the service, which runs as that user. With *stay_root* it only reads them as their owner.

    Raises:
        SettingsError: as ``load_settings``.
    """
    file = given or next((candidate for candidate in _CANDIDATES if candidate.exists()), _CANDIDATES[0])
    if stay_root:
        with acting_as_owner_of(file.absolute().parent, file.absolute()):
            return load_settings(file.absolute())
    go_on_as_owner_of(file.absolute().parent, file.absolute())
    settings = load_settings(file.absolute())
    if go_on_as_owner_of(settings.state_directory):
        return load_settings(file.absolute())  # what that user cannot read shall be told now
    return settings


def say_or_fail(done: bool, said: str, failed: str) -> None:
    """One line of what was done, or the command's failure."""
    if not done:
        raise click.ClickException(failed)
    click.echo(said)
