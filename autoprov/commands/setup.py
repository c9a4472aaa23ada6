"""``autoprov setup``: five questions, and an installation that answers them."""

import shlex
import sys
from pathlib import Path

import click

from autoprov.boot_root.error import BootRootError
from autoprov.commands.bootstrap import bootstrap_write
from autoprov.commands.check import check
from autoprov.commands.options import EXIT_WRONG
from autoprov.compile_site import write_site
from autoprov.installation import own_address
from autoprov.openings import make_databases
from autoprov.present import utc_now
from autoprov.settings.error import SettingsError
from autoprov.settings.file import load_settings
from autoprov.setup.answers import Answers, Boot, Host, read_answers
from autoprov.setup.changes import contradictions, new_answers
from autoprov.setup.plan import SYSTEM_DIRECTORY, SetupPlan, answers_now, plan_setup, write_setup
from autoprov.setup.questions import ask
from autoprov.state_owner import acting_as_owner_of

_APACHE_STEPS = (
    "usermod -a -G www-data autoprov",
    "chgrp -h www-data {state} && chmod 2751 {state}",
    "chgrp -hR www-data {state}/web {state}/spool && chmod g+s {state}/web {state}/spool",
    "a2enmod asis headers cgid && a2enconf autoprov && systemctl restart apache2",
)


@click.command(short_help="Ask five questions, and write the settings that follow.")
@click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False, resolve_path=True), default=SYSTEM_DIRECTORY
)
@click.option(
    "--answers",
    "answers_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Ask nothing: the answers are in this file, TOML, or JSON if it is named *.json (docs/install.md).",
)
@click.option("--change", is_flag=True, help="With --answers: change an installation that is there already.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.pass_context
def setup(context: click.Context, directory: Path, answers_file: Path | None, *, change: bool, dry_run: bool) -> None:
    """Ask five questions, show what follows from the answers, write it into DIRECTORY, and check it.

    DIRECTORY is /etc/autoprov unless another is given. An installation that is there already answers for itself: only
    what is answered otherwise is changed, and nothing before that was shown and agreed to.
    """
    with acting_as_owner_of(directory):
        before = answers_now(directory)
    defaults = before or new_answers(own_address())
    if answers_file is not None:
        answers = read_answers(answers_file, defaults=defaults)
    elif sys.stdin.isatty():
        answers = ask(defaults, has_secrets=before is not None)
    else:
        raise click.ClickException("there is no terminal to ask at: give --answers FILE (docs/install.md has one)")
    if problems := contradictions(answers):
        raise SettingsError(answers_file or directory, problems)
    with acting_as_owner_of(directory):  # else root would read for that user what lies behind links of his
        plan = plan_setup(directory, answers, before=before)
    _show(plan, answers)
    if answers_file is not None and answers.pbx == defaults.pbx and before is None:
        click.echo(f"note: users' lines register at {answers.pbx}, this machine; if the PBX is another one, answer pbx")
    if dry_run:
        return
    if answers_file is None and not (plan.is_done and answers.boot_server is None):
        click.confirm("\nWrite it?", default=before is None, abort=True)
    if answers_file is not None and not (plan.is_done or before is None or change):
        raise click.ClickException("nothing was changed: there is an installation already, which --change changes")
    if not plan.is_done:
        _write(plan)
    pointed = _point_boot_server(context, answers, plan.file)
    _tell_next(plan.file, answers)
    context.invoke(check, settings_file=plan.file)
    if not pointed:
        sys.exit(EXIT_WRONG)


def _show(plan: SetupPlan, answers: Answers) -> None:
    """What is written; of secrets, only that they are."""
    if plan.is_done:
        click.echo(f"{plan.file}: says all of that already, nothing to write")
    elif plan.text != plan.before:
        click.echo(f"\n{plan.file}: " + ("every key with its default, but" if plan.before is None else "changed:"))
        for change in plan.changes:
            click.echo(f"    {change}")
    secrets = plan.file.parent / "secrets"
    for name in plan.typed:
        click.echo(f"{secrets / name}: a new password, not shown here")
    for name in plan.made_up:
        click.echo(f"{secrets / name}: made up")
    if answers.boot_server is not None:
        click.echo(f"{answers.boot_server}/000000000000.cfg: points phones that boot there to us")


def _write(plan: SetupPlan) -> None:
    try:
        with acting_as_owner_of(plan.file.parent):
            written = write_setup(plan)
            settings = load_settings(plan.file)
        with acting_as_owner_of(plan.file.parent, settings.state_directory):
            make_databases(settings)
            settings.spool_directory.mkdir(mode=0o750, exist_ok=True)
            write_site(settings, now=utc_now())
    except PermissionError as error:
        mend = "run it as root, or name a directory of your own: autoprov setup ~/phones"
        raise click.ClickException(f"{error.filename}: {error.strerror}; {mend}") from error
    for path in written:
        click.echo(f"wrote {path}")


def _point_boot_server(context: click.Context, answers: Answers, settings_file: Path) -> bool:
    """Whether phones of the boot server come to us now, or nobody asked for that."""
    directory = answers.boot_server
    if directory is None:
        return True
    try:
        context.invoke(bootstrap_write, settings_file=settings_file, directory=directory, replace=False, dry_run=False)
    except (BootRootError, OSError) as error:
        click.echo(f"autoprov: {error}", err=True)
        click.echo(f"once that is mended: autoprov bootstrap write {directory} --settings {settings_file}")
        return False
    return True


def _tell_next(settings_file: Path, answers: Answers) -> None:
    """What is left to a person."""
    is_system = settings_file.parent == SYSTEM_DIRECTORY
    click.echo("\nnext:")
    if answers.boot is Boot.APACHE:
        state = shlex.quote(str(load_settings(settings_file).state_directory))  # root shall run these lines
        for step in _APACHE_STEPS:
            click.echo(f"    {step.format(state=state)}")
    start = "systemctl restart autoprov" if is_system else f"autoprov up --settings {settings_file}"
    click.echo(f"    {start}")
    if (host := answers.host) is not Host.EMBEDDED:
        click.echo(f"    docs/hosts/{host.value}.md: the PBX's side; then: autoprov check --host {host.value}")
    if answers.boot_server is None:
        click.echo(f"    DHCP option 160 for new phones: {load_settings(settings_file).phones.url}/")
    click.echo("")
