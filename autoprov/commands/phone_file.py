"""``autoprov phone-file``: what a phone would get, where each parameter comes from, and what a compile would change."""

import difflib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from autoprov.commands.given_phone import given_mac, phone_argument
from autoprov.commands.options import given_settings, settings_option
from autoprov.compile_site import compile_site, site_file
from autoprov.phone_name import PhoneName
from autoprov.phone_preview import PhonePreview, PreviewedPhone
from autoprov.present import utc_now
from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_master import OLD_MODELS
from autoprov_phones.polycom_overlay import Overlay, is_secret, model_token
from autoprov_phones.polycom_reading import STARS, parameters_of, starred
from autoprov_web.answer import OK, Answer
from autoprov_web.site import Site, SiteUnusable, read_site
from autoprov_web.spool_reader import CannotTell, Stranger, look_up

EXIT_DIFFERENT = 1
EXIT_NO_FILE = 1
_FIRMWARE = "5.9.5"
_OLD_FIRMWARE = "3.1.8"


@click.command("phone-file", short_help="Print what a phone would get, and why.")
@settings_option
@phone_argument
@click.argument("name", required=False)
@click.option("--model", default="", metavar="VVX_410", help="As in its User-Agent; else what any model gets.")
@click.option("--firmware", default="", metavar="5.9.5", help="Of its application; before 3.3 it gets older files.")
@click.option("--by-mac", is_flag=True, help="As anybody gets it who knows the MAC alone, not as the phone itself.")
@click.option("--new", is_flag=True, help="As if the config system had never heard of it; before the first 'up', too.")
@click.option("--diff", "is_diff", is_flag=True, help="What 'autoprov compile' would change. Exit code 1 if anything.")
@click.option("--explain", is_flag=True, help="Each parameter that the phone takes, where it stands, what it hides.")
@click.option("--show-secrets", is_flag=True, help="Do not star passwords and the phone's own directory.")
def phone_file(
    *,
    settings_file: Path | None,
    phone: PhoneName,
    name: str | None,
    model: str,
    firmware: str,
    by_mac: bool,
    new: bool,
    is_diff: bool,
    explain: bool,
    show_secrets: bool,
) -> None:
    """Print what this phone would get, by the settings and the overlay as they are on disk.

    NAME is a file's name, or the middle of one: registration, site, lines. Without it, all its files are listed.
    """
    settings, now = given_settings(settings_file), utc_now()
    mac = given_mac(phone, settings)
    previewed, site = _previewed(mac, model, firmware), compile_site(settings, now=now)
    max_age = site.snapshot_max_age
    knowledge = Stranger() if new else look_up(site.spool_directory, mac, now=now.timestamp(), max_age=max_age)
    if isinstance(knowledge, CannotTell):
        click.echo(f"autoprov: {knowledge.doubt}; --new shows what a new phone would get", err=True)
    preview = PhonePreview(site, previewed, knowledge=knowledge, proven=not by_mac)
    names = [_file_name(mac, name)] if name else preview.names
    if is_diff:
        served = PhonePreview(_served(site_file(settings)), previewed, knowledge=knowledge, proven=not by_mac)
        sys.exit(_show_difference(served, preview, names, show_secrets=show_secrets))
    if explain:
        _show_explanation(preview, settings.overlay, show_secrets=show_secrets)
    elif name:
        _show_file(preview, names[0], show_secrets=show_secrets)
    else:
        _list(preview, names)


def _previewed(mac: MacAddress, model: str, firmware: str) -> PreviewedPhone:
    token = model_token(model) if model else ""
    if token is None:
        raise click.BadParameter(f"{model!r} is no Polycom such as VVX_410 or SPIP_601", param_hint="--model")
    return PreviewedPhone(mac, token, firmware or (_OLD_FIRMWARE if token in OLD_MODELS else _FIRMWARE))


def _file_name(mac: MacAddress, name: str) -> str:
    """``site`` is short for ``0004f2abcdef-site.cfg``."""
    return name if "." in name else f"{mac}-{name}.cfg"


def _served(path: Path) -> Site:
    try:
        return read_site(str(path))
    except SiteUnusable as error:
        raise click.ClickException(f"there is nothing to compare with: {error}") from error


def _list(preview: PhonePreview, names: Sequence[str]) -> None:
    for name in names:
        answer = preview.answer(name)
        size = f"{len(answer.body):>6} bytes" if answer.status == OK else ""
        click.echo(f"{answer.status}  {name:<32} {size:<12}  {answer.verdict}".rstrip())


def _show_file(preview: PhonePreview, name: str, *, show_secrets: bool) -> None:
    answer = preview.answer(name)
    if answer.status != OK:
        click.echo(f"autoprov: {name}: {answer.status} {answer.verdict}; without NAME all files are listed", err=True)
        sys.exit(EXIT_NO_FILE)
    shown = answer.body if show_secrets else starred(answer.body, is_secret=is_secret, token=preview.token)
    click.echo(shown, nl=False)


def _show_explanation(preview: PhonePreview, overlay: Overlay, *, show_secrets: bool) -> None:
    for name in preview.config_files():
        answer = preview.answer(name)
        click.echo(f"{answer.status}  {name}  {answer.verdict}")
    click.echo()
    for each in preview.explain(overlay):
        places = [(each.origin, each.value), *((f"  hides {place}", value) for place, value in each.shadowed)]
        for place, value in places:
            shown = value if show_secrets else _starred(each.name, value, preview)
            click.echo(f"{place:<36}  {each.name} = {shown}".rstrip())


def _show_difference(served: PhonePreview, preview: PhonePreview, names: Sequence[str], *, show_secrets: bool) -> int:
    """Parameter by parameter, as a unified diff; returns the exit code."""
    is_different = False
    for name in names:
        now, then = _content(served.answer(name)), _content(preview.answer(name))
        if now == then:
            continue
        is_different = True
        if not show_secrets:
            now, then = _marked(now, then, "(old)", preview), _marked(then, now, "(new)", preview)
        told = difflib.unified_diff(
            [f"{each} = {value}" for each, value in now.items()],
            [f"{each} = {value}" for each, value in then.items()],
            f"{name} now",
            f"{name} after compile",
            lineterm="",
            n=1,
        )
        click.echo("\n".join(told))
    return EXIT_DIFFERENT if is_different else 0


def _content(answer: Answer) -> dict[str, str]:
    return parameters_of(answer.body) if answer.status == OK else {"no file": f"{answer.status} {answer.verdict}"}


def _marked(here: Mapping[str, str], there: Mapping[str, str], mark: str, preview: PhonePreview) -> dict[str, str]:
    """*here* with stars; *mark* stands beside those that hide another value than *there*."""
    shown: dict[str, str] = {}
    for name, value in here.items():
        hidden = _starred(name, value, preview)
        is_change = hidden != value and name in there and there[name] != value
        shown[name] = f"{hidden} {mark}" if is_change else hidden
    return shown


def _starred(name: str, value: str, preview: PhonePreview) -> str:
    return STARS if value and is_secret(name, value) else value.replace(preview.token, STARS)
