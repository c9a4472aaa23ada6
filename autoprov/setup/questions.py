"""The five questions, asked at a terminal."""

import ipaddress
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from autoprov.commands.parameters import HostParameter
from autoprov.settings.access import PRIVATE
from autoprov.settings.reader import Listen
from autoprov.setup.answers import Answers, Boot, Host, Sipxconfig, read_boot, read_pbx
from autoprov.setup.changes import needs_sip_password

_EMBEDDED = "embedded"
_Read = TypeVar("_Read")


def ask(defaults: Answers, *, has_secrets: bool) -> Answers:
    """The answers of a person; Enter takes that of *defaults*. With *has_secrets*, Enter keeps a password."""
    answers = _ask_host(defaults, has_secrets=has_secrets)
    _headline("2. Under which address do phones reach this machine?")
    address = click.prompt("   host name or IP address", default=answers.address, type=HostParameter())
    answers = _ask_config_system(replace(answers, address=address), has_secrets=has_secrets)
    answers = _ask_boot(answers)
    return _ask_access(answers)


def _ask_host(defaults: Answers, *, has_secrets: bool) -> Answers:
    _headline("1. Beside which PBX, and where do new phones register?")
    click.echo("   embedded: at autoprov itself, beside any PBX, in which nothing is changed")
    click.echo("   kamailio, asterisk, freeswitch, opensips: at the PBX, which tells us (docs/hosts/)")
    click.echo("   sipxecs: a sipXecs or sipXcom has the phones")
    host = Host(click.prompt("   host", default=defaults.host.value, type=click.Choice([each.value for each in Host])))
    pbx = _prompt("   address of the PBX, where users' lines register", _pbx_text(defaults.pbx), _pbx)
    sip_password = None
    if needs_sip_password(host):
        sip_password = _secret("   SIP password of new phones at the PBX", "kept" if has_secrets else "made up")
    return replace(defaults, host=host, pbx=pbx, sip_password=sip_password)


def _ask_config_system(answers: Answers, *, has_secrets: bool) -> Answers:
    _headline("3. Which system has the phones' configuration?")
    click.echo("   embedded: autoprov's own inventory; else the URL of a sipXconfig, such as")
    click.echo("   https://pbx.example.org/sipxconfig")
    default = answers.config_system
    proposed = default.url if default else _EMBEDDED
    if default is None and answers.host is Host.SIPXECS:
        proposed = f"https://{answers.pbx.host}/sipxconfig"
    url = _prompt("   config system", proposed, _config_system)
    if url == _EMBEDDED:
        return replace(answers, config_system=None)
    user_name = str(click.prompt("   its user", default=default.user_name if default else "superadmin"))
    password = _secret("   that user's password", "kept" if has_secrets else "made up, which will not be right")
    return replace(answers, config_system=Sipxconfig(url, user_name), config_system_password=password)


def _ask_boot(answers: Answers) -> Answers:
    _headline("4. Where do new phones boot from?")
    click.echo("   own: autoprov's HTTP server; apache: this machine's Apache; or the directory of your TFTP or FTP")
    click.echo("   server, such as /srv/tftp, in which one file of ours then points to us")
    boot, directory = _prompt("   boot", answers.boot.value, _boot)
    return replace(answers, boot=boot, boot_server=directory)


def _ask_access(answers: Answers) -> Answers:
    _headline("5. Who may ask, and are new phones let in?")
    click.echo("   private: 10/8, 172.16/12, 192.168/16 and the like; others besides: private 203.0.113.0/24")
    networks = _prompt("   networks", " ".join(answers.networks), _networks)
    click.echo("   open: at all times; closed: only while 'autoprov window open --for 2h' lasts")
    choices = ["open", "closed"] if answers.discovery != "scheduled" else ["open", "closed", "scheduled"]
    discovery = str(click.prompt("   discovery", default=answers.discovery, type=click.Choice(choices)))
    return replace(answers, networks=networks, discovery=discovery)


def _headline(text: str) -> None:
    click.echo(f"\n{click.style(text, bold=True)}")


def _secret(what: str, otherwise: str) -> str | None:
    """What is typed, unseen; None for Enter alone."""
    typed = str(click.prompt(f"{what} (Enter: {otherwise})", default="", hide_input=True, show_default=False))
    return typed or None


def _prompt(what: str, default: str, read: Callable[[str], _Read]) -> _Read:
    """Asks until *read* takes it; click reads the default as well."""
    found: _Read = click.prompt(what, default=default, value_proc=read)
    return found


def _pbx(text: str) -> Listen:
    pbx = read_pbx(text)
    if pbx is None:
        raise click.UsageError(f"{text!r} is not an address such as 192.0.2.10 or pbx.example.org:5070")
    return pbx


def _config_system(text: str) -> str:
    if text != _EMBEDDED and not text.startswith(("http://", "https://")):
        raise click.UsageError(f"{text!r} is neither embedded nor a URL such as https://pbx.example.org/sipxconfig")
    return text


def _boot(text: str) -> tuple[Boot, Path | None]:
    boot, directory = read_boot(text)
    if directory is not None and not (directory.is_absolute() and directory.is_dir()):
        raise click.UsageError(f"{text!r} is neither own nor apache nor a directory such as /srv/tftp")
    return boot, directory


def _networks(text: str) -> tuple[str, ...]:
    words = tuple(text.replace(",", " ").split())
    for word in words:
        try:
            if word != PRIVATE:
                ipaddress.ip_network(word)
        except ValueError as error:
            raise click.UsageError(f"{word!r} is neither {PRIVATE} nor a network such as 10.1.0.0/16") from error
    if not words:
        raise click.UsageError("nobody could ask")
    return words


def _pbx_text(pbx: Listen) -> str:
    return pbx.host if pbx == read_pbx(pbx.host) else str(pbx)
