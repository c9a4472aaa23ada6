"""The whole phone between a boot server and Kamailio."""

import socket
from datetime import timedelta
from pathlib import Path

from simulated_phone.event_log import EventLog
from simulated_phone.sip_messages import Response, parse
from tests.peers.boot_server import BootServer, Fails, Hangs, boot_server
from tests.peers.kamailio import Kamailio, kamailio
from tests.peers.phones import PhoneOnDesk, phone

_DESK = PhoneOnDesk("0004f2abcdef")
_OWN = "/0004f2abcdef.cfg"
_LINES = "/0004f2abcdef-lines.cfg"
_MASTER = '<APPLICATION CONFIG_FILES="[PHONE_MAC_ADDRESS]-lines.cfg"/>'


def _line(pbx: Kamailio, *, user: str = "200", password: str = "pw200", always_reboot: str = "1") -> str:
    host, port = pbx.address
    return f"""<polycomConfig voIpProt.SIP.specialEvent.checkSync.alwaysReboot="{always_reboot}">
      <reg reg.1.address="{user}" reg.1.auth.userId="{user}" reg.1.auth.password="{password}" reg.1.label="L{user}"
           reg.1.displayName="Anna {user}" reg.1.server.1.address="{host}" reg.1.server.1.port="{port}"
           reg.1.server.1.expires="300"/></polycomConfig>"""


def _check_sync(address: tuple[str, int], *, cseq: int = 1) -> int:
    """The status with which the phone answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as registrar:
        registrar.bind(("127.0.0.1", 0))
        registrar.settimeout(20)
        lines = [
            "NOTIFY sip:200@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{registrar.getsockname()[1]};branch=z9hG4bKsync{cseq}",
            "From: <sip:pbx@127.0.0.1>;tag=1",
            "To: <sip:200@127.0.0.1>",
            "Call-ID: sync",
            f"CSeq: {cseq} NOTIFY",
            "Event: check-sync",
            "Content-Length: 0",
            "\r\n",
        ]
        registrar.sendto("\r\n".join(lines).encode(), address)
        response = parse(registrar.recv(65_535))
        assert isinstance(response, Response)
        return response.status


def _urls(log: EventLog, *, after: int = 0) -> list[str]:
    return [str(event.facts["url"]).rpartition("/")[2] for event in log.find("fetch", after=after)]


def test_a_phone_comes_up_with_its_line_at_kamailio() -> None:
    with kamailio({"200": "pw200"}) as pbx, boot_server({_OWN: _MASTER, _LINES: _line(pbx)}) as server:
        with phone(server.url, _DESK) as (simulated, log):
            registered = log.wait_for("registered")
            (contact,) = pbx.contacts("200")
        host, port = simulated.address
        assert contact.uri == f"sip:200@{host}:{port};transport=udp"
        assert contact.user_agent == "PolycomVVX-VVX_410-UA/5.9.5.0614"
        assert registered.facts["display_name"] == "Anna 200"
        assert registered.facts["expires"] == 300
        assert [event.facts["status"] for event in log.find("register")] == [401, 200]
        assert log.find("screen", label="L200")


def test_a_wrong_password_is_refused_and_tried_again_later() -> None:
    files = {_OWN: _MASTER}
    with kamailio({"200": "other"}) as pbx, boot_server({**files, _LINES: _line(pbx)}) as server:
        with phone(server.url, _DESK) as (_, log):
            failed = log.wait_for("register-failed", user="200")
            log.wait_for("register-failed", after=log.events.index(failed) + 1)
        assert failed.facts["reason"] == "wrong password"
        assert not pbx.contacts("200")


def test_check_sync_makes_a_phone_boot_again_and_come_up_with_another_line() -> None:
    with (
        kamailio({"200": "pw200", "201": "pw201"}) as pbx,
        boot_server({_OWN: _MASTER, _LINES: _line(pbx)}) as server,
        phone(server.url, _DESK) as (simulated, log),
    ):
        log.wait_for("registered", user="200")
        server.files[_LINES] = _line(pbx, user="201", password="pw201")
        so_far = len(log.events)
        assert _check_sync(simulated.address) == 200
        log.wait_for("registered", user="201")
        assert not pbx.contacts("200")
        assert len(pbx.contacts("201")) == 1
        names = [event.name for event in log.events[so_far:] if event.name not in {"fetch", "register"}]
        assert names == ["check-sync", "unregistered", "boot", "screen", "registered"]


def test_a_check_sync_that_is_sent_twice_restarts_once() -> None:
    with (
        kamailio({"200": "pw200"}) as pbx,
        boot_server({_OWN: _MASTER, _LINES: _line(pbx)}) as server,
        phone(server.url, _DESK) as (simulated, log),
    ):
        log.wait_for("registered")
        for _ in range(2):
            assert _check_sync(simulated.address, cseq=1) == 200
        assert _check_sync(simulated.address, cseq=2) == 200
        log.wait_for("registered", after=log.events.index(log.find("check-sync")[-1]))
        assert len(log.find("check-sync")) == 2


def test_a_phone_that_need_not_reboot_looks_for_changes_only() -> None:
    with kamailio({"200": "pw200", "201": "pw201"}) as pbx:
        files = {_OWN: _MASTER, _LINES: _line(pbx, always_reboot="0")}
        with boot_server(files) as server, phone(server.url, _DESK) as (simulated, log):
            log.wait_for("registered", user="200")
            so_far = len(log.events)
            _check_sync(simulated.address, cseq=1)
            log.wait_for("fetch", after=so_far, method="PUT")
            assert len(log.find("boot")) == 1
            server.files[_LINES] = _line(pbx, user="201", password="pw201", always_reboot="0")
            _check_sync(simulated.address, cseq=2)
            log.wait_for("registered", user="201")
            assert len(log.find("boot")) == 2


def test_a_phone_without_a_configuration_says_so_and_comes_back() -> None:
    with kamailio({"200": "pw200"}) as pbx, boot_server({_OWN: _MASTER, _LINES: _line(pbx)}) as server:
        server.faults[_LINES] = Fails(503, retry_after=3600)
        with phone(server.url, _DESK) as (_, log):
            log.wait_for("screen", text="no configuration")
            assert log.wait_for("retry", what="boot").facts["in"] == 0.3
            del server.faults[_LINES]
            log.wait_for("registered", user="200")


def test_a_phone_keeps_its_line_while_the_boot_server_fails() -> None:
    with (
        kamailio({"200": "pw200"}) as pbx,
        boot_server({_OWN: _MASTER, _LINES: _line(pbx)}) as server,
        phone(server.url, _DESK) as (simulated, log),
    ):
        log.wait_for("registered", user="200")
        server.faults[_OWN] = Fails(500)
        so_far = len(log.events)
        _check_sync(simulated.address)
        log.wait_for("registered", user="200", after=so_far)
        assert "000000000000.cfg" in _urls(log, after=so_far)
        so_far = len(log.events)
        del server.faults[_OWN]
        log.wait_for("fetch", method="PUT", after=so_far)
        assert not log.find("unregistered", after=so_far)
        assert len(pbx.contacts("200")) == 1


def test_pulling_the_plug_does_not_wait_for_a_server_that_hangs() -> None:
    with boot_server() as server:
        server.faults[_OWN] = Hangs()
        with phone(server.url, _DESK, http_timeout=timedelta(minutes=5)) as (_, log):
            log.wait_for("boot")
        assert not log.find("screen")


def test_a_registrar_that_is_silent_is_given_up_and_tried_again() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        line = f"""<polycomConfig reg.1.address="200" reg.1.server.1.address="127.0.0.1"
            reg.1.server.1.port="{silent.getsockname()[1]}"/>"""
        files = {_OWN: _MASTER, _LINES: line}
        with boot_server(files) as server, phone(server.url, _DESK, t1=timedelta(milliseconds=2)) as (_, log):
            assert log.wait_for("register-failed").facts["reason"] == "no answer"
            log.wait_for("retry", what="register")


def test_a_line_that_wants_tcp_is_beyond_this_phone() -> None:
    line = """<polycomConfig reg.1.address="200" reg.1.server.1.address="127.0.0.1"
        reg.1.server.1.transport="TCPOnly"/>"""
    with boot_server({_OWN: _MASTER, _LINES: line}) as server, phone(server.url, _DESK) as (_, log):
        assert log.wait_for("register-failed").facts["reason"] == "TCPOnly"


def _own_directory(server: BootServer) -> str:
    host = server.url.removeprefix("http://").rstrip("/")
    return f"""device.set="1" device.prov.serverType="HTTP" device.prov.serverType.set="1"
        device.prov.serverName="{host}/own/TOKEN" device.prov.serverName.set="1"
        device.dhcp.bootSrvUseOpt="Static" device.dhcp.bootSrvUseOpt.set="1" """


def test_a_phone_that_is_told_its_own_directory_restarts_once_and_boots_from_there() -> None:
    with kamailio({"200": "pw200"}) as pbx, boot_server({_OWN: _MASTER}) as server:
        server.files[_LINES] = f"<polycomConfig {_own_directory(server)}/>"
        server.files[f"/own/TOKEN{_OWN}"] = _MASTER
        told_again = f"<polycomConfig {_own_directory(server)}>{_line(pbx)}</polycomConfig>"
        server.files[f"/own/TOKEN{_LINES}"] = told_again
        with phone(server.url, _DESK) as (simulated, log):
            log.wait_for("registered", user="200")
            assert [event.facts["url"] for event in log.find("boot-server")] == [f"{server.url}own/TOKEN"]
            assert len(log.find("boot")) == 2
            so_far = len(log.events)
            _check_sync(simulated.address)
            log.wait_for("registered", user="200", after=so_far)
            assert len(log.find("boot", after=so_far)) == 1
            urls = [str(event.facts["url"]) for event in log.find("fetch", after=so_far)]
            assert all(url.startswith(f"{server.url}own/TOKEN/") for url in urls)


def test_a_phone_finds_its_own_directory_again_after_a_loss_of_power(tmp_path: Path) -> None:
    flash = tmp_path / "flash.json"
    with boot_server({_OWN: _MASTER}) as server:
        server.files[_LINES] = f"<polycomConfig {_own_directory(server)}/>"
        server.files[f"/own/TOKEN{_OWN}"] = "<APPLICATION/>"
        with phone(server.url, _DESK, flash=flash) as (_, log):
            log.wait_for("screen", text="no line")
        server.requests.clear()
        with phone(server.url, _DESK, flash=flash) as (_, log):
            log.wait_for("screen", text="no line")
            assert not log.find("boot-server")
        assert all(request.path.startswith("/own/TOKEN/") for request in server.requests)
