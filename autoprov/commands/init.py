"""``autoprov init``: a new installation."""

from pathlib import Path

import click

from autoprov.commands.parameters import HostParameter
from autoprov.compile_site import write_site
from autoprov.installation import initialise
from autoprov.openings import make_databases
from autoprov.present import utc_now
from autoprov.settings.file import load_settings
from autoprov.state_owner import go_on_as_owner_of


@click.command(short_help="Write settings, secrets and empty databases into DIRECTORY.")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--address", type=HostParameter(), help="The host that phones are told; by default this machine's address."
)
def init(directory: Path, address: str | None) -> None:
    """Write a commented settings file, secrets and empty databases into DIRECTORY. Never overwrites."""
    go_on_as_owner_of(directory.absolute())
    result = initialise(directory, address=address)
    settings = load_settings(result.settings_file)
    make_databases(settings)
    write_site(settings, now=utc_now())
    for path in result.written:
        click.echo(f"wrote {path}")
    if not result.written:
        click.echo(f"{directory}: all there already, nothing written")
    click.echo(f"next: autoprov check --settings {result.settings_file}")
