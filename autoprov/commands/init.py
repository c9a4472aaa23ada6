"""``autoprov init`` and ``autoprov check``: an installation, and what is wrong with it."""

import sys
from pathlib import Path

import click

from autoprov.checks.everything import check_settings
from autoprov.checks.finding import Level
from autoprov.checks.host import check_host
from autoprov.checks.host_settings import HOSTS
from autoprov.commands import tables
from autoprov.commands.options import EXIT_WRONG, given_settings, settings_option
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


@click.command()
@settings_option
@click.option(
    "--host",
    type=click.Choice(list(HOSTS)),
    help="Also try the registrar that phones use, as they do; this takes the place of one phone there for a moment.",
)
def check(settings_file: Path | None, host: str | None) -> None:
    """Say what is wrong with an installation, and how to mend it. Exit code 1 if anything is."""
    settings = given_settings(settings_file)
    findings = list(check_settings(settings, now=utc_now()))
    if host is not None:
        findings += check_host(settings, HOSTS[host])
    tables.show_findings(findings)
    if any(finding.level is Level.WRONG for finding in findings):
        sys.exit(EXIT_WRONG)
