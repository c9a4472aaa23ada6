"""Each part of an installation runs in a process of its own."""

import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from autoprov.demo.site import DEMO_USER, demo_pbx, demo_settings
from autoprov.installation import SETTINGS_FILE
from autoprov.openings import config_system_client, open_inventory
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from simulated_phone.events import Event
from simulated_phone.process import PhoneProcess

MAC = MacAddress("64167f5d0410")
PATIENCE = 60


@contextmanager
def part(name: str, settings_file: Path) -> Generator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "autoprov", name, "--settings", str(settings_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{name} runs\n"
        try:
            yield process
        finally:
            process.terminate()
            assert process.wait(timeout=20) == 0


def phone_stands_there(settings: Settings) -> bool:
    with config_system_client(settings) as client:
        return client.phone(MAC) is not None


def test_five_processes_do_together_what_one_does(tmp_path: Path) -> None:
    settings = demo_settings(tmp_path)
    with open_inventory(settings) as inventory:
        inventory.add_user(DEMO_USER.user, display_name=DEMO_USER.display_name, sip_password=DEMO_USER.password)
    screens: list[Event] = []
    with ExitStack() as running:
        running.enter_context(demo_pbx(settings))
        for name in ("inventory", "worker", "registrar", "web", "console"):
            running.enter_context(part(name, tmp_path / SETTINGS_FILE))
        phone = PhoneProcess(["--boot-server", settings.phones.url, "--mac", str(MAC)], report=screens.append)
        running.callback(phone.stop)
        deadline = time.monotonic() + PATIENCE
        while not phone_stands_there(settings) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert phone_stands_there(settings), screens


def test_a_part_that_the_settings_do_not_ask_for_says_so_and_ends(tmp_path: Path) -> None:
    demo_settings(tmp_path)
    for name, key in (("hep", "[hep] listen"), ("plugin", "[plugin] socket"), ("reg-event", "[sipxecs] reg_event")):
        command = [sys.executable, "-m", "autoprov", name, "--settings", str(tmp_path / SETTINGS_FILE)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert (ended.returncode, f"{key} is not set" in ended.stderr) == (2, True)
