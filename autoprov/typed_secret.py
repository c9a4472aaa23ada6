"""A secret that a person types, or a script pipes in; it never stands on a command line, which all users can see."""

import sys

import click


def typed_secret(what: str) -> str:
    """Asked for at a terminal, else the first line of standard input.

    Raises:
        click.ClickException: there is none, or it holds characters that cannot be printed.
    """
    secret = click.prompt(what, hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
    if not isinstance(secret, str) or not secret:
        raise click.ClickException(f"no {what} on standard input")
    if not secret.isprintable():
        raise click.ClickException(f"the {what} holds characters that cannot be printed")
    return secret
