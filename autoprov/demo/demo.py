"""``autoprov demo``: the whole system on loopback, three simulated Polycoms, and the story as it happens."""

import logging
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from autoprov.compose import System
from autoprov.demo.page import assign_user, shows_all, unassigned_page
from autoprov.demo.site import DEMO_USER, demo_pbx, demo_settings
from autoprov.demo.story import StoryLine, StoryTeller
from autoprov.logs import set_up_logs
from autoprov.openings import open_inventory
from autoprov.present import utc_now
from autoprov.signals import stop_signal
from autoprov_phones.mac import MacAddress
from autoprov_sightings.sighting import Sighting
from simulated_phone.events import Event
from simulated_phone.process import PhoneProcess

PATIENCE_SECONDS = 60.0
_PHONES = (
    ("0004f2c10335", "SPIP_335", "4.0.14.1388"),
    ("64167f5d0410", "VVX_410", "5.9.5.0614"),
    ("482567e48800", "Trio_8800", "5.4.3.2007"),
)
_STEPS = {
    1: "boots",
    2: "fetches",
    3: "registers",
    4: "hook",
    5: "worker",
    6: "superadmin",
}


class DemoPhone:
    """One simulated phone in a process of its own, and what it has told so far."""

    def __init__(
        self, mac: str, model: str, firmware: str, *, boot_server: str, tell: Callable[[MacAddress, Event], None]
    ) -> None:
        self.mac = MacAddress(mac)
        self.label = ""
        self.registered_at: float | None = None
        self.users: set[str] = set()
        self._tell = tell
        options = {"--boot-server": boot_server, "--mac": mac, "--model": model, "--firmware": firmware}
        self._process = PhoneProcess([word for option in options.items() for word in option], report=self._hear)

    def stop(self) -> None:
        """Pull the plug."""
        self._process.stop()

    def _hear(self, event: Event) -> None:
        if event.name == "screen":
            self.label = str(event.facts.get("label") or "")
        if event.name == "registered":
            self.users.add(str(event.facts.get("user")))
            self.registered_at = self.registered_at or time.monotonic()
        self._tell(self.mac, event)


class Stage:
    """Where the story is printed, from several threads, each line whole."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, emoji=False, soft_wrap=True)
        self._teller = StoryTeller()
        self._lock = threading.Lock()

    def hear_system(self, sighting: Sighting) -> None:
        """Tell what the system saw."""
        with self._lock:
            self._print(self._teller.sighting(sighting))

    def hear_phone(self, mac: MacAddress, event: Event) -> None:
        """Tell what a phone reports."""
        with self._lock:
            self._print(self._teller.phone_event(mac, event.name, event.facts))

    def tell_found(self, mac: MacAddress, label: str) -> None:
        """Tell that the phone's row is on the page."""
        with self._lock:
            self._print(self._teller.found(mac, label))

    def tell_assignment(self, mac: MacAddress, user: str) -> None:
        """Tell that the superadmin pressed Assign."""
        with self._lock:
            self._print(self._teller.assigned(mac, user))

    def _print(self, lines: Sequence[StoryLine]) -> None:
        for line in lines:
            step = f"{line.step} {_STEPS[line.step]:<10}"
            self.console.print(Text.assemble((str(line.mac), "dim"), "  ", (step, "bold"), "  ", line.text))


def run_demo(*, once: bool, verbose: bool) -> int:
    """Run until Ctrl-C, or with *once* to the end of the story; returns the exit code."""
    set_up_logs(level=logging.INFO if verbose else logging.ERROR)
    stopped = stop_signal()
    stage = Stage()
    with tempfile.TemporaryDirectory(prefix="autoprov-demo-") as directory:
        settings = demo_settings(Path(directory))
        with open_inventory(settings) as inventory:
            inventory.add_user(DEMO_USER.user, display_name=DEMO_USER.display_name, sip_password=DEMO_USER.password)
        with demo_pbx(settings), System(settings, clock=utc_now, listener=stage.hear_system) as system:
            return _play(stage, system, stopped, once=once)


def _play(stage: Stage, system: System, stopped: threading.Event, *, once: bool) -> int:
    out = stage.console
    out.print("Three simulated Polycoms are unboxed beside a PBX that knows nothing of them.\n")
    phones = [
        DemoPhone(mac, model, firmware, boot_server=f"{system.phone_url}/", tell=stage.hear_phone)
        for mac, model, firmware in _PHONES
    ]
    try:
        seconds = _wait_for_rows(phones, system, stopped)
        if stopped.is_set():
            return 1 if once else 0
        if seconds is None:
            out.print("\n[bold red]Not all three phones came to the page.[/] Run again with --verbose to see why.")
            return 1
        for phone in phones:
            stage.tell_found(phone.mac, phone.label)
        out.print(f"\nAll three rows were on the page {seconds:.2f} s after the third phone's REGISTER was answered.")
        if once:
            return _assign_first(stage, system, phones, stopped)
        out.print(f"The page:  [bold]{system.console_url}/[/]")
        out.print(f"Assign a phone to user {DEMO_USER.user} there and watch it come up with that line. Ctrl-C ends.\n")
        stopped.wait()
        return 0
    finally:
        for phone in phones:
            phone.stop()


def _wait_for_rows(phones: Sequence[DemoPhone], system: System, stopped: threading.Event) -> float | None:
    """Seconds from the last phone's accepted REGISTER to all rows on the page; None where they did not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and not stopped.is_set():
        last = [phone.registered_at for phone in phones if phone.registered_at is not None]
        if len(last) == len(phones):
            page = unassigned_page(system.console_url)
            if shows_all(page, [(phone.label, phone.mac) for phone in phones]):
                return time.monotonic() - max(last)
        stopped.wait(0.05)
    return None


def _assign_first(stage: Stage, system: System, phones: Sequence[DemoPhone], stopped: threading.Event) -> int:
    phone = phones[0]
    stage.console.print()
    stage.tell_assignment(phone.mac, DEMO_USER.user)
    assign_user(system.console_url, phone.mac, DEMO_USER.user)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and not stopped.is_set():
        if DEMO_USER.user in phone.users:
            stage.console.print(f"\nThe phone that showed its ID now shows {phone.label!r}. That is the whole story.")
            return 0
        stopped.wait(0.05)
    if not stopped.is_set():
        stage.console.print(
            "\n[bold red]The assigned phone did not come up with its line.[/] Run again with --verbose."
        )
    return 1
