"""What Kamailio's own save() does where many phones share one address of record: why the snippet saves as it does."""

import re
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from tests.contrib.kamailio_in_process import skip_without_python
from tests.contrib.kamailio_mirror import PASSWORDS, registered
from tests.peers.kamailio import Kamailio, kamailio
from tests.peers.kamailio_registrar import kamailio_registrar
from tests.peers.polycom import USER, register
from tests.registrar_plugin.hosts.udp_phone import UdpPhone

_PLAINLY = """\
loadmodule "xlog.so"
modparam("registrar", "xavp_rcd", "granted")

route[AUTOPROV] {
    if (!save("location")) sl_reply_error();
    xlog("L_ERR", "[saved $ci: $rc, $xavp(granted=>expires) to $xavp(granted=>contact)]\\n");
    exit;
}

route[AUTOPROV_CALLS] {
    return;
}

event_route[usrloc:contact-added] {
    xlog("L_ERR", "[added]\\n");
}
"""
_KEMI = """\
#!KAMAILIO
log_stderror=yes
children=1
disable_tcp=yes
auto_aliases=no
dns=no
listen=udp:@ADDRESS@:@PORT@

loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "app_python3.so"
@PRELOAD@
modparam("app_python3", "load", "@SCRIPT@")
cfgengine "python"
"""
_KEMI_SCRIPT = """\
import KSR


class Routes:
    def child_init(self, rank):
        return 1

    def ksr_request_route(self, message):
        if KSR.pv.get("$rm") == "OPTIONS":
            KSR.sl.send_reply(200, "OK")
        elif KSR.registrar.save("location", 4) < 0:
            KSR.sl.sl_reply_error()
        return 1


def mod_init():
    return Routes()
"""


@pytest.fixture
def pbx(tmp_path: Path) -> Generator[Kamailio]:
    snippet = tmp_path / "plainly.cfg"
    snippet.write_text(_PLAINLY, "ascii")
    with kamailio_registrar(PASSWORDS, defines={}, snippet=snippet) as pbx:
        yield pbx


@pytest.fixture
def phone(pbx: Kamailio) -> Generator[UdpPhone]:
    with UdpPhone(pbx.address) as phone:
        yield phone


def noted(pbx: Kamailio) -> list[str]:
    """What the route wrote into the log of each registration."""
    pbx.wait_until_it_answers()  # its one worker has written all of it then
    return re.findall(r"\[(saved [^\]]*|added)\]", (pbx.folder / "log").read_text("utf-8", "replace"))


def contact(number: int) -> str:
    return f"<sip:{USER}@192.0.2.{number}>"


def register_all(phone: UdpPhone, contacts: Sequence[str]) -> list[bytes]:
    """The answers, one after the other."""
    return [registered(phone, contact=each, call_id=f"{number}") for number, each in enumerate(contacts)]


def test_at_some_twenty_phones_a_200_outgrows_a_datagram_of_1500_octets(phone: UdpPhone) -> None:
    lengths = [len(answer) for answer in register_all(phone, [contact(number) for number in range(1, 31)])]
    assert lengths[9] < 1500 < lengths[29]
    assert lengths == sorted(lengths)


def test_once_it_outgrows_any_datagram_a_phone_gets_no_answer_at_all(pbx: Kamailio) -> None:
    long = "x" * 400  # so that 150 phones do what twelve hundred do
    phones = [f"<sip:{USER}@192.0.2.{number};x={long}>" for number in range(150)]
    with UdpPhone(pbx.address, patience=3) as phone, pytest.raises(TimeoutError):
        register_all(phone, phones)
    assert "Message too long" in (pbx.folder / "log").read_text("utf-8", "replace")


def test_what_was_granted_is_told_of_another_phones_contact(pbx: Kamailio, phone: UdpPhone) -> None:
    registered(phone, contact=contact(1), expires="300", call_id="one")
    registered(phone, contact=contact(2), expires="100", call_id="two")
    registered(phone, contact=contact(1), expires="200", call_id="one-again")
    assert noted(pbx)[2] == f"saved one-again: 2, 100 to sip:{USER}@192.0.2.2"


def test_its_return_code_tells_what_was_done_but_a_removal_of_nothing_looks_like_a_new_phone(
    pbx: Kamailio, phone: UdpPhone
) -> None:
    for call_id, expires in (("new", "300"), ("again", "300"), ("gone", "0"), ("gone-again", "0")):
        registered(phone, contact=contact(1), expires=expires, call_id=call_id)
    told = [line.partition(",")[0] for line in noted(pbx)]
    assert told == ["saved new: 1", "saved again: 2", "saved gone: 3", "saved gone-again: 1"]


def test_there_is_no_event_of_a_contact_that_was_added(pbx: Kamailio, phone: UdpPhone) -> None:
    registered(phone, contact=contact(1), call_id="new")
    assert [line for line in noted(pbx) if line == "added"] == []
    assert len(pbx.contacts(USER)) == 1


@pytest.mark.parametrize(
    ("preload", "answer"), [('modparam("usrloc", "preload", "location")', b"SIP/2.0 200"), ("", b"SIP/2.0 500")]
)
def test_a_route_written_in_python_saves_only_into_a_table_that_was_preloaded(
    tmp_path: Path, preload: str, answer: bytes
) -> None:
    skip_without_python()
    script, template = tmp_path / "routes.py", tmp_path / "kemi.cfg"
    script.write_text(_KEMI_SCRIPT, "ascii")
    template.write_text(_KEMI.replace("@PRELOAD@", preload).replace("@SCRIPT@", str(script)), "utf-8")
    with kamailio({}, template=template) as pbx, UdpPhone(pbx.address) as phone:
        assert phone.ask(register(via=phone.source)).startswith(answer)
