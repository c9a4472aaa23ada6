"""``autoprov demo``: the whole story on this machine."""

import sys

import click

from autoprov.demo.demo import run_demo


@click.command(short_help="Watch three simulated phones provision themselves.")
@click.option("--once", is_flag=True, help="Assign one phone and end; exit code 0 only if all rows and its line came.")
@click.option("--verbose", "-v", is_flag=True, help="Show the system's log as well.")
def demo(once: bool, verbose: bool) -> None:
    """Three simulated Polycoms boot through real sockets and stand under "- unassigned -"."""
    sys.exit(run_demo(once=once, verbose=verbose))
