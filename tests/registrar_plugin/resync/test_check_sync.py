from datetime import UTC, datetime, timedelta

import pytest

from registrar_plugin.bindings import Binding
from registrar_plugin.resync.check_sync import check_sync_for, phone_address, retransmission_pauses
from registrar_plugin.sip.name_addr import parse_contact
from registrar_plugin.sip.request import parse_request
from tests.peers.polycom import USER


def binding(contact: str, source: tuple[str, int] = ("192.0.2.31", 40_000)) -> Binding:
    return Binding(parse_contact(contact), f"sip:{USER}@pbx", "c", 1, datetime(2026, 5, 4, tzinfo=UTC), source)


def test_the_notify_is_sound_and_goes_to_the_contact_in_its_own_characters() -> None:
    contact = "<sip:%7e%7eid~autoprovision@192.0.2.31:5060;line=x>"
    notify = check_sync_for(
        binding(contact), user=USER, realm="autoprov", sent_by=("192.0.2.1", 5062), key="0123456789abcdef" * 2
    )
    data = notify.to_bytes()
    assert data.startswith(b"NOTIFY sip:%7e%7eid~autoprovision@192.0.2.31:5060;line=x SIP/2.0\r\n")
    request = parse_request(data)
    assert (request.method, request.cseq, request.via.branch) == ("NOTIFY", 1, notify.branch)
    assert (request.via.host, request.via.port, "rport" in request.via.params) == ("192.0.2.1", 5062, True)
    assert (request.from_.sip_user, str(request.contacts[0].uri)) == (USER, "sip:192.0.2.1:5062")
    assert request.headers.only("event") == "check-sync"
    assert request.headers.only("subscription-state") == "active"


def test_headers_of_the_contact_do_not_stand_in_the_request_uri() -> None:
    notify = check_sync_for(
        binding("<sip:a@192.0.2.31;line=x?Route=%3Csip:h%3E>"),
        user=USER,
        realm="autoprov",
        sent_by=("192.0.2.1", 5062),
        key="k",
    )
    assert str(parse_request(notify.to_bytes()).uri) == "sip:a@192.0.2.31;line=x"


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("<sip:a@192.0.2.31:5060>", ("192.0.2.31", 5060)),
        ("<sip:a@192.0.2.31>", ("192.0.2.31", 40_000)),
        ("<sip:a@192.168.1.2:5060>", ("192.0.2.31", 40_000)),
        ("<tel:+1>", ("192.0.2.31", 40_000)),
    ],
)
def test_a_phone_is_reached_where_it_listens(contact: str, address: tuple[str, int]) -> None:
    assert phone_address(binding(contact)) == address


def test_retransmissions_double_up_to_four_seconds_and_end_after_thirty_two() -> None:
    pauses = [pause / timedelta(seconds=1) for pause in retransmission_pauses()]
    assert pauses == [0.5, 1, 2, 4, 4, 4, 4, 4, 4, 4, 0.5]
    assert sum(pauses) == 32
