"""Simulated phones, each a process of its own or a thread of the test."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from simulated_phone.event_log import EventLog
from simulated_phone.identity import identify
from simulated_phone.phone import SimulatedPolycom
from simulated_phone.process import PhoneProcess
from simulated_phone.settings import PhoneSettings


@dataclass(frozen=True, slots=True)
class PhoneOnDesk:
    """A phone, before its power is switched on."""

    mac: str
    model: str = "VVX_410"
    firmware: str = "5.9.5.0614"
    listen: str = "127.0.0.1"


@contextmanager
def phone_processes(boot_server: str, desks: Sequence[PhoneOnDesk]) -> Generator[list[PhoneProcess]]:
    """The *desks*' phones, as processes that boot from the URL *boot_server*, in that order."""
    with ExitStack() as stack:
        phones: list[PhoneProcess] = []
        for desk in desks:
            arguments = ["--mac", desk.mac, "--model", desk.model, "--firmware", desk.firmware, "--listen", desk.listen]
            phone = PhoneProcess(["--boot-server", boot_server, *arguments, "--retry-after-max", "0.5"])
            stack.callback(phone.stop)
            phones.append(phone)
        yield phones


@contextmanager
def phone(
    boot_server: str,
    desk: PhoneOnDesk,
    *,
    http_timeout: timedelta = timedelta(seconds=5),
    retry_after_max: timedelta = timedelta(milliseconds=300),
    t1: timedelta = timedelta(milliseconds=500),
    flash: Path | None = None,
) -> Generator[tuple[SimulatedPolycom, EventLog]]:
    """One phone as a thread of this process, and what happens to it."""
    log = EventLog()
    settings = PhoneSettings(
        boot_server=boot_server,
        identity=identify(mac=desk.mac, model=desk.model, firmware=desk.firmware),
        listen=desk.listen,
        http_timeout=http_timeout,
        retry_after_max=retry_after_max,
        t1=t1,
        flash=flash,
    )
    simulated = SimulatedPolycom(settings, report=log.record)
    simulated.start()
    try:
        yield simulated, log
    finally:
        simulated.stop()
        log.end()
