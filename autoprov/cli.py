"""The command line: each command is a module, loaded when it is called."""

import os
import sys
from importlib import import_module

import click

from autoprov.boot_root.error import BootRootError
from autoprov.commands.options import EXIT_SETTINGS, EXIT_WRONG
from autoprov.os_errors import os_error_words
from autoprov.settings.error import SettingsError
from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_queue.errors import QueueSchemaError, QueueUnavailable
from autoprov_sightings.errors import SightingsUnavailable
from autoprov_worker.errors import SpoolUnavailable
from sipxconfig_client.errors import AccessDenied, Refused, Unreachable
from sipxconfig_server.errors import InventoryUnusable

COMMANDS = {
    "assign": "autoprov.commands.assign:assign_command",
    "bootstrap": "autoprov.commands.bootstrap:bootstrap",
    "check": "autoprov.commands.check:check",
    "compile": "autoprov.commands.site:compile_command",
    "console": "autoprov.commands.run:console",
    "demo": "autoprov.commands.demo:demo",
    "hep": "autoprov.commands.run:hep",
    "init": "autoprov.commands.init:init",
    "inventory": "autoprov.commands.run:inventory",
    "pair": "autoprov.commands.site:pair_command",
    "plugin": "autoprov.commands.run:plugin",
    "phone-file": "autoprov.commands.phone_file:phone_file",
    "phones": "autoprov.commands.phones:phones",
    "queue": "autoprov.commands.queue:queue",
    "reg-event": "autoprov.commands.run:reg_event",
    "registrar": "autoprov.commands.run:registrar",
    "replace": "autoprov.commands.replace:replace_command",
    "resync": "autoprov.commands.assign:resync_command",
    "setup": "autoprov.commands.setup:setup",
    "timeline": "autoprov.commands.timeline:timeline",
    "unassign": "autoprov.commands.assign:unassign_command",
    "up": "autoprov.commands.run:up",
    "user": "autoprov.commands.user:user",
    "web": "autoprov.commands.run:web",
    "window": "autoprov.commands.window:window",
    "worker": "autoprov.commands.run:worker",
}


class _Commands(click.Group):
    """Click's group, whose commands are imported when they are asked for: each needs few of the libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        module, _, name = COMMANDS.get(cmd_name, "").partition(":")
        found: object = getattr(import_module(module), name) if module else None
        return found if isinstance(found, click.Command) else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="autoprov")
def commands() -> None:
    """Phones provision themselves beside an existing IP PBX.

    Start with: autoprov demo. For real: autoprov init DIRECTORY, then check, then up.

    Exit codes: 0 done; 1 not done, or something is wrong; 2 the settings or the command line are wrong.
    """


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


def _fail(message: str, code: int) -> None:
    for line in message.splitlines():
        click.echo("autoprov: " + "".join(char if char.isprintable() else "?" for char in line), err=True)
    sys.exit(code)
