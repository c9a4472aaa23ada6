"""A real Asterisk in a chroot of its own (``make test-asterisk``), with our snippets of ``contrib/asterisk``."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from autoprov.demo.site import free_ports

_ROOT = Path(os.environ.get("ASTERISK_ROOT", "/var/cache/autoprov-asterisk"))
_CONTRIB = Path(__file__).parents[2] / "contrib" / "asterisk"
_PATIENCE_SECONDS = 40.0
_MODULES = """
    res_pjproject res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjsip res_pjsip_session
    res_pjsip_endpoint_identifier_user res_pjsip_authenticator_digest res_pjsip_registrar res_pjsip_notify
    res_pjsip_outbound_authenticator_digest res_pjsip_nat res_pjsip_pubsub res_pjsip_sdp_rtp res_rtp_asterisk
    res_timing_timerfd res_hep res_hep_pjsip chan_pjsip pbx_config codec_ulaw
"""
_LINE = """
[{user}]
type = endpoint
context = lines
disallow = all
allow = ulaw
auth = {user}
aors = {user}

[{user}]
type = auth
auth_type = userpass
username = {user}
password = {password}

[{user}]
type = aor
max_contacts = 5
"""


class Asterisk:
    """Runs with its files in a folder inside the chroot; *lines* are the passwords of its users.

    *mistake* is made in a file after it was written: a text in it and what stands there instead.
    """

    def __init__(
        self,
        folder: Path,
        *,
        sip_password: str,
        manager_secret: str,
        lines: Mapping[str, str],
        mistake: tuple[str, str, str] | None,
    ) -> None:
        self.sip_port, self.manager_port, self.hep_port = free_ports(3)
        self._folder = folder
        self._inside = "/" + str(folder.relative_to(_ROOT))
        self._sip_password, self._manager_secret = sip_password, manager_secret
        for name in ("etc", "db", "run", "log", "spool"):
            (folder / name).mkdir()
        self._write_configuration(lines)
        if mistake is not None:
            self._change(*mistake)
        self._process = subprocess.Popen(
            ["chroot", _ROOT, "asterisk", "-f", "-C", f"{self._inside}/etc/asterisk.conf"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def address(self) -> tuple[str, int]:
        """Where it takes SIP, over UDP."""
        return "127.0.0.1", self.sip_port

    def wait_until_it_is_up(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (self._has_booted() and self._answers_manager()):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Asterisk did not come up:\n{self.log()[-4000:]}")
            time.sleep(0.1)

    def say(self, command: str) -> str:
        """What its console answers."""
        told = ["chroot", str(_ROOT), "asterisk", "-C", f"{self._inside}/etc/asterisk.conf", "-rx", command]
        return subprocess.run(told, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False).stdout

    def change_lines(self, lines: Mapping[str, str]) -> None:
        """Its administrator gave users other passwords."""
        self._write_pjsip(lines)
        self.say("module reload res_pjsip.so")

    def let_call(self, number: str) -> None:
        """Its administrator lets phones without a line call this number, which is answered at once."""
        file = self._folder / "etc" / "extensions_autoprov.conf"
        file.write_text(file.read_text("utf-8") + f"exten => {number},1,Answer()\n same => n,Wait(5)\n", "utf-8")
        self.say("dialplan reload")

    def log(self) -> str:
        """What it has to say."""
        file = self._folder / "log" / "messages"
        return file.read_text("utf-8", "replace") if file.exists() else "no log"

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _has_booted(self) -> bool:
        return "fully booted" in self.say("core waitfullybooted")

    def _answers_manager(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.manager_port), timeout=1):
                return True
        except OSError:
            return False

    def _write_configuration(self, lines: Mapping[str, str]) -> None:
        inside = self._inside
        places = {"astetcdir": "etc", "astdbdir": "db", "astrundir": "run", "astlogdir": "log", "astspooldir": "spool"}
        directories = "".join(f"{key} => {inside}/{name}\n" for key, name in places.items())
        modules = "".join(f"load = {name}.so\n" for name in _MODULES.split())
        manager = f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nport = {self.manager_port}\n"
        self._write("asterisk.conf", f"[directories]\n{directories}")
        self._write("modules.conf", f"[modules]\nautoload = no\n{modules}")
        self._write("pjsip_notify.conf", "")  # without it there is no PJSIPNotify
        self._write("logger.conf", "[logfiles]\nmessages => notice,warning,error\n")
        self._write("manager.conf", f"{manager}#include manager_autoprov.conf\n")
        self._write("extensions.conf", "[lines]\n#include extensions_autoprov.conf\n")
        self._copy("hep.conf", "127.0.0.1:9060", f"127.0.0.1:{self.hep_port}")
        self._copy("manager_autoprov.conf", "CHANGE-ME", self._manager_secret)
        self._copy("pjsip_autoprov.conf", "CHANGE-ME", self._sip_password)
        self._copy("extensions_autoprov.conf")
        self._write_pjsip(lines)

    def _write_pjsip(self, lines: Mapping[str, str]) -> None:
        transport = f"[udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:{self.sip_port}\n"
        users = "".join(_LINE.format(user=user, password=password) for user, password in lines.items())
        self._write("pjsip.conf", f"{transport}{users}#include pjsip_autoprov.conf\n")

    def _copy(self, name: str, placeholder: str = "", value: str = "") -> None:
        text = (_CONTRIB / name).read_text("utf-8")
        assert placeholder in text
        self._write(name, text.replace(placeholder, value) if placeholder else text)

    def _change(self, name: str, ours: str, theirs: str) -> None:
        text = (self._folder / "etc" / name).read_text("utf-8")
        assert ours in text
        self._write(name, text.replace(ours, theirs))

    def _write(self, name: str, text: str) -> None:
        (self._folder / "etc" / name).write_text(text, "utf-8")


@contextmanager
def asterisk(
    *,
    sip_password: str = "s3cret",
    manager_secret: str = "m4nager",
    lines: Mapping[str, str] | None = None,
    mistake: tuple[str, str, str] | None = None,
) -> Generator[Asterisk]:
    """A running Asterisk on free loopback ports; nothing of it stays."""
    if not (_ROOT / "usr/sbin/asterisk").exists():
        pytest.fail(f"no Asterisk in {_ROOT}: make test-asterisk puts it there")
    folder = Path(tempfile.mkdtemp(prefix="autoprov-", dir=_ROOT / "tmp"))
    try:
        pbx = Asterisk(
            folder, sip_password=sip_password, manager_secret=manager_secret, lines=lines or {}, mistake=mistake
        )
        try:
            pbx.wait_until_it_is_up()
            yield pbx
        finally:
            pbx.stop()
    finally:
        shutil.rmtree(folder)
