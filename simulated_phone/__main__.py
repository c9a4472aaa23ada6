"""Runs one simulated phone and prints what happens to it, one JSON object a line."""

import argparse
import os
import select
import signal
import socket
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import TextIO

from simulated_phone.events import Event
from simulated_phone.identity import Identity, identify
from simulated_phone.phone import SimulatedPolycom
from simulated_phone.settings import PhoneSettings

_EPILOG = """\
events, with the facts that each carries:
  boot             mac, model
  fetch            method, url, status (null: no answer), program (Updater or Application)
  bad-file         url, reason: a file came that the phone cannot use
  boot-server      url: it was told to boot from there, and restarts
  screen           label (beside the first line key), text (all lines, or "no configuration")
  register         user, server, status: a registrar's final answer to one REGISTER
  registered       user, server, display_name, contact, expires, refresh
  register-failed  user, server, status, reason
  unregistered     user, server
  retry            what (boot or register), in (seconds)
  check-sync       sender
The phone runs until SIGTERM, SIGINT, or the end of a pipe on its standard input.
"""


def main() -> int:
    """Run the phone that the command line describes."""
    arguments = _parser().parse_args()
    settings = PhoneSettings(
        boot_server=arguments.boot_server,
        identity=_identity(arguments),
        listen=arguments.listen,
        sip_port=arguments.sip_port,
        http_timeout=timedelta(seconds=arguments.http_timeout),
        retry_after_max=timedelta(seconds=arguments.retry_after_max),
        flash=arguments.flash,
    )
    ender, ended = socket.socketpair()
    with ender, ended, _output(arguments.event_log) as output:

        def end(_number: int, _frame: FrameType | None) -> None:
            ender.send(b"!")

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)

        def report(event: Event) -> None:
            try:
                print(event.to_json_line(), file=output, flush=True)
            except BrokenPipeError:  # nobody listens any more
                ender.send(b"!")
            if event.name == arguments.exit_after:
                ender.send(b"!")

        phone = SimulatedPolycom(settings, report=report)
        phone.start()
        _wait_for_end(ended)
        phone.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulated_phone",
        description="A simulated Polycom telephone: boots, registers, answers check-sync.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--boot-server", required=True, metavar="URL", help="folder of the phones' files, http only")
    parser.add_argument("--mac", required=True)
    parser.add_argument("--model", default="VVX_410", help="as in the User-Agent: VVX_410, SPIP_550, Edge_E450")
    parser.add_argument("--firmware", default="5.9.5.0614", help="3.1.8.0070 reads <phone1>, as all before 3.3")
    parser.add_argument("--listen", default="127.0.0.1", metavar="IP", help="the phone's IPv4 address")
    parser.add_argument("--sip-port", type=int, default=0, metavar="PORT", help="0 takes a free one")
    parser.add_argument("--http-timeout", type=float, default=5.0, metavar="SECONDS")
    parser.add_argument(
        "--retry-after-max", type=float, default=2.0, metavar="SECONDS", help="the longest pause after a failure"
    )
    parser.add_argument(
        "--flash", type=Path, metavar="FILE", help="keeps where the phone was told to boot from, over a loss of power"
    )
    parser.add_argument("--exit-after", metavar="EVENT", help="end at the first such event, for example registered")
    parser.add_argument("--event-log", default="-", metavar="FILE", help="where events go; - is standard output")
    return parser


def _identity(arguments: argparse.Namespace) -> Identity:
    try:
        return identify(mac=arguments.mac, model=arguments.model, firmware=arguments.firmware)
    except ValueError as error:
        _parser().error(str(error))


@contextmanager
def _output(name: str) -> Generator[TextIO]:
    if name == "-":
        yield sys.stdout
    else:
        with Path(name).open("a", encoding="utf-8") as file:
            yield file


def _wait_for_end(ended: socket.socket) -> None:
    """Return at a signal, an awaited event, or the end of a pipe on standard input."""
    watched: list[int] = [ended.fileno()]
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        watched.append(0)
    while True:
        readable, _, _ = select.select(watched, [], [])
        if ended.fileno() in readable or not os.read(0, 4096):
            return


if __name__ == "__main__":
    sys.exit(main())
