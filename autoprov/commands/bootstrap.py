"""``autoprov bootstrap``: our bootstrap file in the root of a TFTP or FTP server that phones boot from."""

import difflib
import json
import os
from contextlib import AbstractContextManager
from pathlib import Path

import click

from autoprov.boot_root.boot_root import (
    RootReport,
    WritePlan,
    look,
    plan_write,
    refuse_stranger,
    remove_root,
    write_root,
)
from autoprov.boot_root.error import BootRootError
from autoprov.boot_root.files import BACKUP_NAME, firmware_in, open_root, real_path
from autoprov.boot_root.records import read_records, refuse_unwritable, write_records
from autoprov.boot_root.way import refuse_way_of
from autoprov.commands.options import given_settings, json_option, settings_option
from autoprov.commands.tables import show_boot_roots
from autoprov.compile_site import compile_site
from autoprov.present import utc_now
from autoprov.settings.settings import Settings
from autoprov.state_owner import acting_as_owner_of
from autoprov_phones.polycom_names import BOOTSTRAP_FILE_NAME

_directory_argument = click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))


@click.group(short_help="Point phones that boot from a TFTP or FTP server at us.")
def bootstrap() -> None:
    """Point phones that boot from a TFTP or FTP server at us, by 000000000000.cfg in its root."""


@bootstrap.command("write", short_help="Write 000000000000.cfg into DIR, the root of that server.")
@settings_option
@_directory_argument
@click.option("--replace", is_flag=True, help="Replace a file that is not ours; it is kept beside ours.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
def bootstrap_write(settings_file: Path | None, directory: Path, *, replace: bool, dry_run: bool) -> None:
    """Write 000000000000.cfg into DIR, the root of the TFTP or FTP server that phones boot from."""
    settings = given_settings(settings_file, stay_root=True)
    with _as_owner(settings):
        records, wanted = read_records(settings.state_directory), _wanted(settings)
        if not dry_run:
            refuse_unwritable(settings.state_directory)
    _refuse_trap(settings, directory)
    plan = plan_write(directory, wanted, records.get(real_path(directory)))
    if dry_run:
        click.echo(_difference(plan), nl=False)
    if not replace:
        refuse_stranger(plan)
    if not dry_run:
        record = write_root(plan, now=utc_now())
        with _as_owner(settings):
            write_records(settings.state_directory, {**records, plan.root: record})
    click.echo(_told(plan, dry_run=dry_run))
    if firmware := firmware_in(plan.root):
        click.echo(f"note: phones that boot there install what they find of {', '.join(map(_harmless, firmware))}")


@bootstrap.command("remove", short_help="Take ours out of DIR, and restore what was there before us.")
@settings_option
@_directory_argument
@click.option("--force", is_flag=True, help="Even if others changed the file, which is set aside, or DIR is gone.")
def bootstrap_remove(settings_file: Path | None, directory: Path, *, force: bool) -> None:
    """Restore what was in DIR before us, or take ours out where there was nothing."""
    settings = given_settings(settings_file, stay_root=True)
    with _as_owner(settings):
        refuse_unwritable(settings.state_directory)
        records = read_records(settings.state_directory)
    root = real_path(directory)
    record = records.pop(root, None)
    if record is None:
        raise BootRootError(f"{root}: we never wrote there; 'autoprov bootstrap show' lists where we did")
    if force and not root.is_dir():
        with _as_owner(settings):
            write_records(settings.state_directory, records)
        click.echo(f"forgot {root}, which is no directory any more")
        return
    _refuse_trap(settings, directory)
    removed = remove_root(open_root(root), record, force=force)
    with _as_owner(settings):
        write_records(settings.state_directory, records)
    if removed.set_aside is not None:
        click.echo(f"set aside {root / removed.set_aside}")
    click.echo(f"restored {root / BOOTSTRAP_FILE_NAME}" if removed.is_restored else f"removed ours from {root}")


@bootstrap.command("show")
@settings_option
@json_option
def bootstrap_show(settings_file: Path | None, *, as_json: bool) -> None:
    """List where we wrote 000000000000.cfg, and how it stands there now."""
    settings = given_settings(settings_file, stay_root=True)
    with _as_owner(settings):
        wanted, records = _wanted(settings), read_records(settings.state_directory)
    reports = [look(root, record, wanted) for root, record in records.items()]
    if as_json:
        click.echo(json.dumps([_facts(report) for report in reports], indent=1))
    else:
        show_boot_roots(reports)


def _as_owner(settings: Settings) -> AbstractContextManager[None]:
    """Root is root in DIR alone: who may write our settings and records shall not say where root reads and writes."""
    return acting_as_owner_of(*_places(settings))


def _refuse_trap(settings: Settings, directory: Path) -> None:
    if os.geteuid() == 0:
        refuse_way_of({path.stat().st_uid for path in _places(settings) if path.exists()} - {0}, directory)


def _places(settings: Settings) -> tuple[Path, ...]:
    return settings.file.parent, settings.file, settings.state_directory


def _wanted(settings: Settings) -> bytes:
    return compile_site(settings, now=utc_now()).documents["bootstrap"]


def _told(plan: WritePlan, *, dry_run: bool) -> str:
    target = plan.root / BOOTSTRAP_FILE_NAME
    if plan.is_in_place:
        return f"{target} is there already, nothing to write"
    kept = f"; what was there {'would be' if dry_run else 'is'} kept as {plan.keep_as}" if plan.keep_as else ""
    return f"{'would write' if dry_run else 'wrote'} {target}{kept}"


def _difference(plan: WritePlan) -> str:
    before = [] if plan.found is None else _printable(plan.found.content)
    lines = difflib.unified_diff(before, _printable(plan.wanted), "now", "ours", lineterm="")
    return "".join(f"{line}\n" for line in lines)


def _printable(content: bytes) -> list[str]:
    """The lines, with whatever a terminal would act upon made visible."""
    return [_harmless(line) for line in content.decode("utf-8", "backslashreplace").splitlines()]


def _harmless(line: str) -> str:
    return "".join(c if c.isprintable() or c == "\t" else repr(c)[1:-1] for c in line)


def _facts(report: RootReport) -> dict[str, object]:
    return {
        "directory": str(report.root),
        "state": report.state.value,
        "written_at": report.record.written_at.isoformat(),
        "backup": str(report.root / BACKUP_NAME) if report.record.backup else None,
        "looks_like": report.maker.who if report.maker else None,
        "told_by": report.maker.sign if report.maker else None,
        "trouble": report.trouble or None,
    }
