"""``autoprov check``: what is wrong with an installation, and how to mend it."""

import sys
from pathlib import Path

import click

from autoprov.checks.everything import check_settings
from autoprov.checks.finding import Level
from autoprov.checks.host import check_host
from autoprov.checks.host_settings import HOSTS
from autoprov.commands import tables
from autoprov.commands.options import EXIT_WRONG, given_settings, settings_option
from autoprov.present import utc_now


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
