import logging
import socket
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from registrar_plugin.hosts.hep import HepListener
from registrar_plugin.hosts.hep_mirror import Unused
from registrar_plugin.hosts.hep_packet import HepFault
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.registration import AcceptedRegistration
from tests.peers.polycom import register
from tests.registrar_plugin.hosts.hep_packets import mirrored
from tests.registrar_plugin.hosts.hep_site import HepSite
from tests.registrar_plugin.hosts.site import LOOPBACK, LOOPBACK6, loopback, response_to
from tests.registrar_plugin.registrations import eventually

INVITE = mirrored(b"INVITE sip:200@pbx SIP/2.0\r\n" + b"x" * 1000)


@pytest.fixture
def site() -> Generator[HepSite]:
    with closing(HepSite()) as site:
        yield site


def test_an_accepted_registration_reaches_the_hook(site: HepSite) -> None:
    site.send(mirrored(register()))
    assert eventually(lambda: len(site.accepted) == 1)
    assert site.accepted[0].display_name == "KTM4PX-0004f2abcdef"
    assert site.listener.counts.accepted == 1


def test_whatever_else_comes_the_next_registration_is_heard(site: HepSite) -> None:
    for rubbish in (b"", b"\0", b"HEP3\xff\xff", b"x" * 65_507, mirrored(b"\xff" * 60_000), INVITE):
        site.send(rubbish)
    site.send(mirrored(register()))
    assert eventually(lambda: len(site.accepted) == 1)
    counts = site.listener.counts.not_used
    assert counts == {HepFault.NOT_HEP: 3, HepFault.TRUNCATED: 1, Unused.NOT_FILTERED: 2}


def test_a_flood_of_calls_is_counted_and_a_registration_in_it_is_heard() -> None:
    with closing(HepSite(mode=HepMode.EVERYTHING)) as site:
        for number in range(3000):
            site.send(INVITE)
            if number % 100 == 0:  # at the pace of a reader on a busy machine
                assert eventually(partial(_has_seen, site, number))
        asked = register(authorization='Digest username="x"')
        site.send(mirrored(asked))
        site.send(mirrored(response_to(asked, "200 OK")))
        assert eventually(lambda: len(site.accepted) == 1)


def test_trouble_is_told_in_one_line_however_much_there_is(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with closing(HepSite(key=b"between us")) as site:
        for _ in range(100):
            site.send(mirrored(register(), key=b"guessed"))
        assert eventually(lambda: site.listener.counts.not_used.get(Unused.WRONG_KEY, 0) == 100)
    told = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert 1 <= len(told) < 30  # one in tell_every, and the machine may be slow
    assert sum(int(vars(record)["trouble"].partition(" ")[0]) for record in told) == 100
    assert all("with a wrong authentication key" in vars(record)["trouble"] for record in told)
    assert all("guessed" not in str(vars(record)) for record in told)


def test_once_trouble_is_over_that_is_told(site: HepSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    site.send(b"no HEP")
    assert eventually(lambda: "mirrored datagrams of no use" in caplog.messages)
    site.send(mirrored(register()))
    assert eventually(lambda: "mirrored datagrams are of use again" in caplog.messages)
    assert caplog.messages.count("mirrored datagrams of no use") == 1


def test_trouble_is_told_though_the_clock_was_set_back(site: HepSite, caplog: pytest.LogCaptureFixture) -> None:
    site.send(b"no HEP")
    assert eventually(lambda: caplog.messages.count("mirrored datagrams of no use") == 1)
    site.clock_is_off = timedelta(hours=-6)
    site.send(b"no HEP")
    assert eventually(lambda: caplog.messages.count("mirrored datagrams of no use") == 2)


def test_calls_are_no_trouble(caplog: pytest.LogCaptureFixture) -> None:
    with closing(HepSite(mode=HepMode.EVERYTHING)) as site:
        site.send(INVITE)
        assert eventually(lambda: site.listener.counts.not_used.get(Unused.OTHER_SIP) == 1)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_sender_that_mirrors_more_than_it_should_is_trouble(caplog: pytest.LogCaptureFixture) -> None:
    with closing(HepSite(mode=HepMode.FILTERED)) as site:
        site.send(INVITE)
        assert eventually(lambda: site.listener.counts.not_used.get(Unused.NOT_FILTERED) == 1)
        assert eventually(lambda: "mirrored datagrams of no use" in caplog.messages)
    (told,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "is [hep] mode everything?" in vars(told)["trouble"]


def test_the_first_registration_of_a_sender_is_told(site: HepSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for cseq in (1, 2, 3):
        site.send(mirrored(register(cseq=cseq)))
    assert eventually(lambda: len(site.accepted) == 3)
    assert [vars(record)["sender"] for record in caplog.records if "mirrored" in record.message] == [LOOPBACK]


def test_what_did_not_fit_into_the_buffer_is_counted_and_told(caplog: pytest.LogCaptureFixture) -> None:
    with closing(HepSite()) as site:
        flooding = b"\0" * 60_000
        while not site.listener.counts.lost:
            for _ in range(200):
                site.send(flooding)
            assert eventually(lambda: site.listener.counts.not_used.get(HepFault.NOT_HEP, 0) > 0)
    told = [record for record in caplog.records if "buffer is too small" in record.message]
    assert told
    assert sum(vars(record)["lost"] for record in told) == site.listener.counts.lost
    assert "net.core.rmem_max" in vars(told[0])["remedy"]


def test_a_port_that_is_taken_is_named(site: HepSite) -> None:
    other = HepListener(
        HepSettings(site.address, HepMode.FILTERED), on_accepted=site.accepted.append, clock=lambda: datetime.now(UTC)
    )
    with pytest.raises(OSError, match=rf"cannot listen on {LOOPBACK}:{site.address[1]}/udp"):
        other.start()
    other.stop()


def test_it_listens_at_an_ipv6_address_too() -> None:
    loopback(Transport.UDP, LOOPBACK6)  # skips where there is none
    accepted: list[AcceptedRegistration] = []
    listener = HepListener(
        HepSettings((LOOPBACK6, 0), HepMode.FILTERED), on_accepted=accepted.append, clock=lambda: datetime.now(UTC)
    )
    address = listener.start()
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as pbx:
            pbx.sendto(mirrored(register()), address)
            assert eventually(lambda: len(accepted) == 1)
    finally:
        listener.stop()


def test_at_the_stop_the_port_is_free_again() -> None:
    site = HepSite()
    site.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as next_one:
        next_one.bind(site.address)


def _has_seen(site: HepSite, count: int) -> bool:
    return sum(site.listener.counts.not_used.values()) + site.listener.counts.lost > count
