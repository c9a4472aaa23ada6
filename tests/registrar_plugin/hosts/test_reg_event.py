import shutil
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from registrar_plugin.hosts.reg_event import RegEventListener
from registrar_plugin.reg_event.dialog import Subscriber
from registrar_plugin.reg_event.registration import KnownPhone
from registrar_plugin.reg_event.subscription import Timing
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.via import Address
from tests.peers import kamailio as kamailio_peer
from tests.peers.installed import installed
from tests.peers.kamailio import kamailio
from tests.peers.polycom import USER_AGENT, challenge_of, credentials, register
from tests.peers.reg_event_notifier import NotifiedContact, reg_event_notifier
from tests.registrar_plugin.registrations import eventually

USER = "~~id~sipXprovision"
DOMAIN = "pbx.test"
AOR = f"sip:{USER}@{DOMAIN}"
LOOPBACK = "127.0.0.1"
PASSWORD = "abcd"
SUBSCRIBED_FOR = timedelta(seconds=2)
FIRST = NotifiedContact("sip:x@192.0.2.31:5062", "0004f2000001")
SECOND = NotifiedContact("sip:x@203.0.113.9;x-sipX-privcontact=192.168.1.11%3A5060", "0004f2000002")
_TABLES = Path("/usr/share/kamailio/dbtext/kamailio")
_TEMPLATE = Path(kamailio_peer.__file__).with_name("kamailio_reg_event.cfg")


class Site:
    """A listener that knows every phone but one."""

    def __init__(self, server: Address) -> None:
        self.accepted: list[AcceptedRegistration] = []
        self.listener = RegEventListener(
            Subscriber(USER, DOMAIN, (LOOPBACK, 0), SUBSCRIBED_FOR),
            server=server,
            on_accepted=self.accepted.append,
            known=self._known,
            clock=lambda: datetime.now(UTC),
            timing=Timing(t1=timedelta(milliseconds=50), pause=timedelta(milliseconds=50)),
        )

    def _known(self, mac: MacAddress) -> KnownPhone | None:
        return None if mac.hex.endswith("9") else KnownPhone(f"KTM4PX-{mac}", USER_AGENT)

    def comes_to_know(self, contacts: int) -> bool:
        return eventually(lambda: self.listener.contacts == contacts)

    def macs(self) -> list[str]:
        return [each.display_name for each in self.accepted]


@contextmanager
def subscribed(server: Address) -> Generator[Site]:
    site = Site(server)
    site.listener.start()
    try:
        yield site
    finally:
        site.listener.stop()


def test_each_registration_at_a_sipxecs_is_told_once_with_what_we_know_of_the_phone() -> None:
    with reg_event_notifier() as notifier:
        notifier.register(AOR, FIRST)
        with subscribed(notifier.address) as site:
            assert eventually(lambda: len(site.accepted) == 1)
            notifier.register(AOR, SECOND)
            notifier.register(AOR, NotifiedContact("sip:x@192.0.2.39", "0004f2000009"))
            notifier.register(AOR, NotifiedContact("sip:x@192.0.2.40"))
            assert eventually(lambda: site.listener.contacts == 4)
        first, second = site.accepted
        assert (first.user, first.address_of_record, first.display_name) == (USER, AOR, "KTM4PX-0004f2000001")
        assert (first.contact_host, first.source, first.user_agent) == ("192.0.2.31", ("192.0.2.31", 5062), USER_AGENT)
        assert (second.contact_host, second.source) == ("192.168.1.11", ("203.0.113.9", 5060))
        assert all(answer.startswith(b"SIP/2.0 200") for answer in notifier.answered)


def test_150_phones_on_one_address_of_record_are_each_told_once() -> None:
    phones = [NotifiedContact(f"sip:x@192.0.2.{number}", f"0004f20000{number:02x}") for number in range(150)]
    with reg_event_notifier() as notifier, subscribed(notifier.address) as site:
        assert eventually(lambda: notifier.subscribers == 1)
        for count, phone in enumerate(phones, start=1):
            notifier.register(AOR, phone)
            assert site.comes_to_know(count)  # it sends each NOTIFY but once
        known = [f"KTM4PX-{phone.instrument}" for phone in phones if not phone.instrument.endswith("9")]
        assert eventually(lambda: len(site.macs()) >= len(known))
        assert sorted(site.macs()) == sorted(known)


def test_it_renews_and_survives_a_restart_of_the_notifier() -> None:
    with reg_event_notifier(expires=2) as notifier, subscribed(notifier.address) as site:
        assert eventually(lambda: len(notifier.subscribes) >= 2)
        assert eventually(lambda: notifier.subscribers == 1)
        notifier.forget_subscribers()
        notifier.register(AOR, FIRST)
        assert eventually(lambda: len(site.accepted) == 1)


def test_a_notifier_that_is_not_there_yet_is_waited_for() -> None:
    with reg_event_notifier() as probe:
        port = probe.address[1]
    with subscribed((LOOPBACK, port)) as site, reg_event_notifier(port=port) as notifier:
        notifier.register(AOR, FIRST)
        assert eventually(lambda: len(site.accepted) == 1)


def test_it_goes_on_after_an_end_a_refusal_and_rubbish() -> None:
    with reg_event_notifier() as notifier:
        notifier.answers += [503]
        with subscribed(notifier.address) as site:
            assert eventually(lambda: notifier.subscribers == 1)
            notifier.send_document(b"<rubbish")
            notifier.send_document(b"\xff" * 60_000, content_type="text/plain")
            notifier.terminate()
            assert eventually(lambda: notifier.subscribers == 1)
            notifier.register(AOR, FIRST)
            assert eventually(lambda: len(site.accepted) == 1)


def test_a_server_whose_name_leads_nowhere_is_said_once_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    site = Site(("no.such.host.invalid", 5075))
    with caplog.at_level("WARNING"):
        site.listener.start()
        try:
            assert eventually(lambda: bool(caplog.records))
        finally:
            site.listener.stop()
    assert [record.message for record in caplog.records] == [
        "registrar to subscribe at is not found, it is looked for again"
    ]
    assert site.listener.contacts == 0


@pytest.fixture
def notifying_kamailio(tmp_path: Path) -> Generator[kamailio_peer.Kamailio]:
    tables, template = tmp_path / "tables", tmp_path / "kamailio.cfg"
    if not list(Path("/usr/lib").glob("*/kamailio/modules/presence_reginfo.so")):
        installed("kamailio-presence-modules")
    shutil.copytree(_TABLES, tables)
    template.write_text(_TEMPLATE.read_text(encoding="utf-8").replace("@TABLES@", str(tables)), encoding="utf-8")
    with kamailio({USER: PASSWORD}, template=template) as pbx:
        yield pbx


def registered_at(pbx: Address, *, call_id: str, contact: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((LOOPBACK, 0))
        phone.settimeout(20)
        via = f"{LOOPBACK}:{phone.getsockname()[1]}"
        authorization = None
        for cseq in (1, 2):
            phone.sendto(
                register(
                    user=USER,
                    domain=DOMAIN,
                    via=via,
                    branch=f"z9hG4bK{call_id}{cseq}",
                    call_id=call_id,
                    cseq=cseq,
                    contact=contact,
                    authorization=authorization,
                ),
                pbx,
            )
            answer = phone.recv(65_535)
            if cseq == 1:
                authorization = credentials(challenge_of(answer), username=USER, password=PASSWORD)
        assert answer.startswith(b"SIP/2.0 200")


def test_kamailios_notifier_still_tells_us_when_the_first_subscription_is_over(
    notifying_kamailio: kamailio_peer.Kamailio,
) -> None:
    pbx = notifying_kamailio.address
    with subscribed(pbx) as site:
        registered_at(pbx, call_id="before", contact=f"<sip:{USER}@192.0.2.31:5060>")
        assert eventually(lambda: site.listener.contacts == 1)
        time.sleep(2 * SUBSCRIBED_FOR.total_seconds())
        registered_at(pbx, call_id="after", contact=f"<sip:{USER}@192.0.2.32:5060>")
        assert eventually(lambda: site.listener.contacts == 2)


def test_kamailios_notifier_tells_us_of_its_registrations(notifying_kamailio: kamailio_peer.Kamailio) -> None:
    pbx = notifying_kamailio.address
    registered_at(pbx, call_id="before", contact=f"<sip:{USER}@192.0.2.31:5060>")
    with subscribed(pbx) as site:
        assert eventually(lambda: site.listener.contacts == 1)
        registered_at(pbx, call_id="after", contact=f"<sip:{USER}@192.0.2.32:5060>")
        assert eventually(lambda: site.listener.contacts == 2)
