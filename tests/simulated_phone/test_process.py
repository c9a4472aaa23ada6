"""``python -m simulated_phone``, as demos and stories run it."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from simulated_phone.events import Event
from simulated_phone.process import PhoneProcess
from tests.peers.boot_server import boot_server
from tests.peers.kamailio import kamailio
from tests.peers.phones import PhoneOnDesk, phone_processes

_MASTER = '<APPLICATION CONFIG_FILES="[PHONE_MAC_ADDRESS]-lines.cfg"/>'


def _line(user: str, server: tuple[str, int]) -> str:
    return f"""<polycomConfig reg.1.address="{user}" reg.1.auth.password="pw" reg.1.server.1.address="{server[0]}"
        reg.1.server.1.port="{server[1]}"/>"""


def test_three_phones_run_as_processes_and_register() -> None:
    users = ["200", "201", "202"]
    desks = [PhoneOnDesk(f"0004f2abcd0{number}", listen=f"127.0.0.1{number}") for number in range(3)]
    with kamailio(dict.fromkeys(users, "pw")) as pbx:
        files = {f"/{desk.mac}-lines.cfg": _line(user, pbx.address) for desk, user in zip(desks, users, strict=True)}
        with boot_server({"/000000000000.cfg": _MASTER, **files}) as server:
            with phone_processes(server.url, desks) as phones:
                for phone, user in zip(phones, users, strict=True):
                    phone.log.wait_for("registered", user=user)
                contacts = [contact.uri for user in users for contact in pbx.contacts(user)]
            assert [f"@{desk.listen}:" in uri for desk, uri in zip(desks, contacts, strict=True)] == [True] * 3


def test_a_phone_can_end_by_itself() -> None:
    with boot_server({"/000000000000.cfg": "<APPLICATION/>"}) as server:
        told: list[Event] = []
        arguments = ["--boot-server", server.url, "--mac", "0004f2abcdef", "--exit-after", "screen"]
        phone = PhoneProcess(arguments, report=told.append)
        try:
            assert phone.wait(timeout_seconds=20) == 0
        finally:
            phone.stop()
        assert phone.log.find("screen", text="no line")
        assert told == phone.log.events


def test_a_phone_ends_at_sigterm_and_writes_its_events_to_a_file(tmp_path: Path) -> None:
    events = tmp_path / "events"
    with boot_server({"/000000000000.cfg": "<APPLICATION/>"}) as server:
        arguments = ["--boot-server", server.url, "--mac", "0004f2abcdef", "--event-log", str(events)]
        command = [sys.executable, "-m", "simulated_phone", *arguments]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
            while not events.exists() or "screen" not in events.read_text(encoding="utf-8"):
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
    assert Event.from_json_line(events.read_text(encoding="utf-8").splitlines()[0]).name == "boot"


def test_what_is_no_phone_is_a_usage_error() -> None:
    command = [sys.executable, "-m", "simulated_phone", "--boot-server", "http://127.0.0.1/", "--mac", "12"]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "not a MAC address: 12" in run.stderr
