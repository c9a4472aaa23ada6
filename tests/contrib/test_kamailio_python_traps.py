"""What Kamailio's embedded Python does with hooks that are written carelessly: why ours is as it is.

Measured with 5.6; the snippet keeps phones from noticing where anything can.
"""

import socket
import subprocess
from pathlib import Path

import pytest

from tests.contrib.kamailio_in_process import HOOK, in_process, register_once
from tests.peers.installed import installed
from tests.peers.polycom import USER, register
from tests.registrar_plugin.registrations import PATIENCE_SECONDS, eventually

_LARGEST_DATAGRAM = 65_535
_LONG_FOR_KAMAILIO_SECONDS = 0.3
"""It answers in a millisecond."""
_FORM = """\
import os
import time

_FOLDER = {folder!r}


class Hook:
    def child_init(self, rank):
        return 1

    def on_register(self, message):
        with open(os.path.join(_FOLDER, "calls"), "a") as calls:
            calls.write("called\\n")
        {body}


def mod_init():
    return Hook()
"""


def careless(folder: Path, body: str) -> Path:
    """A hook that notes each call, and then does this."""
    hook = folder / "careless_hook.py"
    hook.write_text(_FORM.format(folder=str(folder), body=body), "utf-8")
    return hook


def calls(folder: Path) -> int:
    noted = folder / "calls"
    return len(noted.read_text("ascii").splitlines()) if noted.exists() else 0


def is_kamailio_5_6() -> bool:
    said = subprocess.run([installed("kamailio"), "-v"], capture_output=True, text=True, check=True).stdout
    return "kamailio 5.6" in said


@pytest.mark.parametrize("body", ["raise ValueError('careless')", "raise KeyboardInterrupt", "raise SystemExit(1)"])
def test_what_a_hook_raises_is_logged_and_phones_register(tmp_path: Path, body: str) -> None:
    with in_process(careless(tmp_path, body)) as pbx:
        for number in range(4):
            register_once(pbx, f"phone-{number}")
        assert eventually(lambda: calls(tmp_path) == 4)
        assert len(pbx.contacts(USER)) == 1


def test_a_hook_that_returns_none_is_not_called_each_time(tmp_path: Path) -> None:
    if not is_kamailio_5_6():
        pytest.skip("mended in Kamailio 6")
    with in_process(careless(tmp_path, "return None")) as pbx:
        for number in range(9):
            register_once(pbx, f"phone-{number}")
        pbx.wait_until_it_answers()
    assert calls(tmp_path) == 5


def test_a_hook_that_returns_0_ends_the_route_and_phones_register(tmp_path: Path) -> None:
    with in_process(careless(tmp_path, "return 0")) as pbx:
        for number in range(3):
            register_once(pbx, f"phone-{number}")
        pbx.wait_until_it_answers()
    assert calls(tmp_path) == 3


def test_a_hook_that_waits_lets_its_phone_go_and_keeps_the_next_one_waiting(tmp_path: Path) -> None:
    body = "while not os.path.exists(os.path.join(_FOLDER, 'go')): time.sleep(0.01)"
    with in_process(careless(tmp_path, f"{body}\n        return 1")) as pbx:
        register_once(pbx, "first")  # its 200 was sent before
        assert eventually(lambda: calls(tmp_path) == 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.connect(pbx.address)
            phone.settimeout(_LONG_FOR_KAMAILIO_SECONDS)
            host, port = phone.getsockname()
            phone.send(register(via=f"{host}:{port}", call_id="next"))
            with pytest.raises(TimeoutError):
                phone.recv(_LARGEST_DATAGRAM)
            (tmp_path / "go").touch()
            phone.settimeout(PATIENCE_SECONDS)
            assert phone.recv(_LARGEST_DATAGRAM).startswith(b"SIP/2.0 401")


def test_a_hook_that_ends_its_process_takes_all_of_kamailio_with_it(tmp_path: Path) -> None:
    with in_process(careless(tmp_path, "os._exit(1)")) as pbx:
        register_once(pbx, "phone")
        assert eventually(lambda: not pbx.is_running)


def test_a_hook_that_cannot_be_imported_keeps_kamailio_from_starting_though_its_check_is_content(
    tmp_path: Path,
) -> None:
    hook = tmp_path / "broken_hook.py"
    hook.write_text("import no_such_module\n", "ascii")
    with pytest.raises(RuntimeError, match="did not come up"), in_process(hook):
        pass
    with in_process() as pbx:
        config = tmp_path / "broken.cfg"
        config.write_text((pbx.folder / "kamailio.cfg").read_text("utf-8").replace(str(HOOK), str(hook)), "utf-8")
        command = [installed("kamailio"), "-c", "-Y", str(tmp_path), "-f", str(config)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_hook_without_our_function_does_not_keep_phones_from_registering(tmp_path: Path) -> None:
    hook = careless(tmp_path, "return 1")
    hook.write_text(hook.read_text("utf-8").replace("on_register", "on_something_else"), "utf-8")
    with in_process(hook) as pbx:
        for number in range(3):
            register_once(pbx, f"phone-{number}")


def test_a_text_that_is_not_utf_8_is_an_error_that_holds_its_octets(tmp_path: Path) -> None:
    body = (
        "import KSR\n        try:\n            KSR.pv.get('$fn')\n        except UnicodeDecodeError as error:\n"
        "            open(os.path.join(_FOLDER, 'name'), 'wb').write(error.object)\n        return 1"
    )
    with in_process(careless(tmp_path, body)) as pbx:
        register_once(pbx, "latin", name=b"B\xfcro")
        pbx.wait_until_it_answers()
    assert (tmp_path / "name").read_bytes() == b'"B\xfcro-0004f2abcdef"'
