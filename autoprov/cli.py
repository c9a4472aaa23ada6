"""The command line: ``autoprov init | check | up | demo | phones | queue | user``, and all that ``cli_*`` adds."""

import json
import logging
import os
import sys
from pathlib import Path

import click
from rich.console import Console

from autoprov import tables
from autoprov.boot_root_files import BootRootError
from autoprov.check import check_settings
from autoprov.cli_bootstrap import bootstrap
from autoprov.cli_options import given_settings, json_option, settings_option
from autoprov.cli_phone_file import phone_file
from autoprov.cli_site import compile_command, pair_command
from autoprov.cli_timeline import timeline
from autoprov.cli_window import window
from autoprov.compile_site import write_site
from autoprov.compose import System
from autoprov.demo import run_demo
from autoprov.finding import Level
from autoprov.installation import initialise
from autoprov.logs import set_up_logs
from autoprov.open_files import allow_open_files
from autoprov.openings import config_system_client, make_databases, open_inventory, open_queue, utc_now
from autoprov.os_errors import os_error_words
from autoprov.parameters import HostParameter, MacParameter, SipUserParameter
from autoprov.settings_file import load_settings
from autoprov.settings_reader import SettingsError
from autoprov.signals import stop_signal
from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_document import PhoneFileError
from autoprov_queue.entry import EntryState
from autoprov_queue.errors import QueueSchemaError, QueueUnavailable
from autoprov_sightings.log import SightingsUnavailable
from autoprov_worker.spool import SpoolUnavailable
from sipxconfig_client.errors import AccessDenied, Refused, Unreachable
from sipxconfig_server.schema import InventoryUnusable

EXIT_WRONG = 1
EXIT_SETTINGS = 2
_OTHER_FILES = 1024
"""Three HTTP servers of 300 connections each, databases, logs."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="autoprov")
def commands() -> None:
    """Phones provision themselves beside an existing IP PBX.

    Start with: autoprov demo. For real: autoprov init DIRECTORY, then check, then up.
    """


@commands.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--address", type=HostParameter(), help="The host that phones are told; by default this machine's address."
)
def init(directory: Path, address: str | None) -> None:
    """Write a commented settings file, secrets and empty databases into DIRECTORY. Never overwrites."""
    result = initialise(directory, address=address)
    settings = load_settings(result.settings_file)
    make_databases(settings)
    write_site(settings, now=utc_now())
    for path in result.written:
        click.echo(f"wrote {path}")
    if not result.written:
        click.echo(f"{directory}: all there already, nothing written")
    click.echo(f"next: autoprov check --settings {result.settings_file}")


@commands.command()
@settings_option
def check(settings_file: Path | None) -> None:
    """Say what is wrong with an installation, and how to mend it. Exit code 1 if anything is."""
    findings = list(check_settings(given_settings(settings_file), now=utc_now()))
    tables.show_findings(findings)
    if any(finding.level is Level.WRONG for finding in findings):
        sys.exit(EXIT_WRONG)


@commands.command()
@settings_option
@click.option("-v", "--verbose", is_flag=True, help="Log every step.")
def up(settings_file: Path | None, verbose: bool) -> None:
    """Run the whole system in the foreground until SIGTERM or Ctrl-C."""
    set_up_logs(level=logging.DEBUG if verbose else logging.INFO)
    stopped = stop_signal()
    settings = given_settings(settings_file)
    allow_open_files(settings.registrar.limits.connections + _OTHER_FILES)
    with System(settings, clock=utc_now) as system:
        click.echo(f"phones: {system.phone_url}/   registrar: {system.registrar_address}   page: {system.console_url}/")
        stopped.wait()


@commands.command()
@click.option("--once", is_flag=True, help="Assign one phone and end; exit code 0 only if all rows and its line came.")
@click.option("--verbose", "-v", is_flag=True, help="Show the system's log as well.")
def demo(once: bool, verbose: bool) -> None:
    """Three simulated Polycoms boot through real sockets and stand under "- unassigned -"."""
    sys.exit(run_demo(once=once, verbose=verbose))


@commands.command()
@settings_option
@json_option
@click.option("--unassigned", is_flag=True, help="Only phones without a line.")
def phones(settings_file: Path | None, as_json: bool, unassigned: bool) -> None:
    """List the phones of the config system."""
    settings = given_settings(settings_file)
    with config_system_client(settings) as client:
        try:
            found = [phone for phone in client.all_phones() if phone.is_unassigned or not unassigned]
        except Unreachable as error:
            if settings.config_system.kind == "embedded":
                raise Unreachable(f"{error}; it is part of 'autoprov up': is that running?") from error
            raise
    if as_json:
        click.echo(json.dumps([tables.phone_facts(phone) for phone in found], indent=1))
    else:
        tables.show_phones(found)


@commands.group()
def queue() -> None:
    """Look after the phones on their way into the config system."""


@queue.command("list")
@settings_option
@json_option
@click.option("--state", type=click.Choice([state.value for state in EntryState]), help="Only phones in this state.")
def queue_list(settings_file: Path | None, as_json: bool, state: str | None) -> None:
    """List the queue: which phone, where it stands, what the last answer was."""
    with open_queue(given_settings(settings_file)) as opened:
        entries = list(opened.entries(EntryState(state) if state else None))
    if as_json:
        click.echo(json.dumps([tables.entry_facts(entry) for entry in entries], indent=1))
    else:
        tables.show_queue(entries, now=utc_now())


@queue.command("retry")
@settings_option
@click.argument("mac", type=MacParameter())
def queue_retry(settings_file: Path | None, mac: MacAddress) -> None:
    """Try a waiting or refused phone again, now."""
    with open_queue(given_settings(settings_file)) as opened:
        _say_or_fail(opened.retry(mac), f"{mac} is due now", f"{mac} is not in the queue")


@queue.command("forget")
@settings_option
@click.argument("mac", type=MacParameter())
def queue_forget(settings_file: Path | None, mac: MacAddress) -> None:
    """Drop a phone from the queue; it comes back when it registers again."""
    with open_queue(given_settings(settings_file)) as opened:
        _say_or_fail(opened.forget(mac), f"{mac} is forgotten", f"{mac} is not in the queue")


@commands.group()
def user() -> None:
    """Users of the embedded inventory, to whom phones are assigned."""


@user.command("add")
@settings_option
@click.argument("user_name", type=SipUserParameter())
@click.option("--display-name", default="", help="What the phone shows and others see.")
def user_add(settings_file: Path | None, user_name: str, display_name: str) -> None:
    """Add a user of your PBX, or replace it.

    The SIP password is asked for, or read from standard input.
    """
    settings = given_settings(settings_file)
    if settings.config_system.kind != "embedded":
        raise click.ClickException("the config system is a sipXconfig: add users there")
    interactive = sys.stdin.isatty()
    password = click.prompt("SIP password", hide_input=True) if interactive else sys.stdin.readline().strip()
    if not password:
        raise click.ClickException("no SIP password on standard input")
    display_name = display_name or user_name
    if not (password.isprintable() and display_name.isprintable()):
        raise click.ClickException("SIP password or display name holds characters that cannot be printed")
    with open_inventory(settings) as inventory:
        inventory.add_user(user_name, display_name=display_name, sip_password=password)
    click.echo(f"user {user_name} is there")


commands.add_command(bootstrap)
commands.add_command(compile_command)
commands.add_command(pair_command)
commands.add_command(phone_file)
commands.add_command(timeline)
commands.add_command(window)


def main() -> None:
    """The console script: every expected failure is one clear line and an exit code, never a traceback."""
    os.umask(0o027)
    try:
        commands(prog_name="autoprov")
    except SettingsError as error:
        _fail(str(error), EXIT_SETTINGS)
    except (AccessDenied, Refused, Unreachable) as error:
        _fail(str(error), EXIT_WRONG)
    except (BootRootError, InventoryUnusable, QueueSchemaError, QueueUnavailable) as error:
        _fail(str(error), EXIT_WRONG)
    except (SightingsUnavailable, SpoolUnavailable) as error:
        _fail(str(error), EXIT_WRONG)
    except PhoneFileError as error:
        _fail(f"phones cannot be given these settings: {error}", EXIT_SETTINGS)
    except OSError as error:
        _fail(os_error_words(error), EXIT_WRONG)


def _say_or_fail(done: bool, said: str, failed: str) -> None:
    if not done:
        raise click.ClickException(failed)
    click.echo(said)


def _fail(message: str, code: int) -> None:
    console = Console(stderr=True, highlight=False, markup=False)
    for line in message.splitlines():
        console.print(f"autoprov: {line}", soft_wrap=True)
    sys.exit(code)
