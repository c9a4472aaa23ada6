import tracemalloc
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import issue_phone_tag
from registrar_plugin.registrar import MAX_REQUEST_BYTES, Outcome, Registrar
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.answer import Answer
from registrar_plugin.sip.response import Response, parse_response
from tests.peers.polycom import USER, challenge_of, credentials, register
from tests.registrar_plugin.exchange import NOW, SOURCE, Exchange, settings

SECOND = timedelta(seconds=1)


@pytest.fixture
def phone() -> Exchange:
    return Exchange()


def contacts(response: Response) -> Sequence[str]:
    return response.headers.all("contact")


CONTACT = f"<sip:{USER}@192.0.2.31:5060>"


def test_a_phone_is_challenged_and_then_accepted(phone: Exchange) -> None:
    challenge = phone.challenge()
    assert (challenge["realm"], challenge["qop"], challenge["algorithm"]) == ("autoprov", "auth", "MD5")
    response = phone.register()
    assert (response.status, contacts(response)) == (200, (f"{CONTACT};expires=300",))
    assert response.headers.first("date") == "Mon, 04 May 2026 12:00:00 GMT"


def test_what_was_accepted_is_told_whole(phone: Exchange) -> None:
    phone.register()
    assert phone.accepted == [
        AcceptedRegistration(
            address_of_record=f"sip:{USER}@pbx.example.com",
            user=USER,
            display_name="KTM4PX-0004f2abcdef",
            contact_host="192.0.2.31",
            contact_count=1,
            expires=timedelta(minutes=5),
            is_query=False,
            user_agent="PolycomVVX-VVX_410-UA/5.9.5.0614",
            call_id="c7f6bc72e0778e72",
            source=SOURCE,
            received_at=NOW,
        )
    ]


def test_queries_and_removals_are_told_as_such(phone: Exchange) -> None:
    phone.register(contact=None, expires=None)
    phone.register(contact="*", expires="0")
    phone.register(expires="0")
    assert [(told.is_query, told.expires, told.contact_count) for told in phone.accepted] == [
        (True, timedelta(0), 0),
        (False, timedelta(0), 0),
        (False, timedelta(0), 1),
    ]


def test_a_retransmission_gets_the_same_response_and_is_not_told_again(phone: Exchange) -> None:
    request = register(branch="z9hG4bKagain", cseq=9, authorization=credentials(phone.challenge()))
    first = phone.reply_to(request)
    phone.now += 31 * SECOND
    assert phone.reply_to(request) == first
    assert len(phone.accepted) == 1
    phone.now += 2 * SECOND
    assert b"stale=true" in phone.reply_to(request), "after 32 seconds it is a new request, and a replay"


def test_the_answer_to_a_long_request_is_repeated_too(phone: Exchange) -> None:
    request = register(display_name="x" * 2000, cseq=9, authorization=credentials(phone.challenge()))
    first = phone.reply_to(request)
    assert first.startswith(b"SIP/2.0 200 ")
    assert phone.reply_to(request) == first


def test_the_same_branch_with_another_cseq_is_another_request(phone: Exchange) -> None:
    challenge = challenge_of(phone.reply_to(register(branch="z9hG4bKx", cseq=1)))
    assert phone.reply_to(register(branch="z9hG4bKx", cseq=2, authorization=credentials(challenge))).startswith(
        b"SIP/2.0 200"
    )


def test_a_repeated_request_without_credentials_gets_the_same_nonce(phone: Exchange) -> None:
    request = register()
    assert phone.reply_to(request) == phone.reply_to(request)
    assert phone.registrar.answers == {401: 1}


def test_strangers_cannot_make_the_registrar_forget_what_it_accepted(phone: Exchange) -> None:
    accepted = register(authorization=credentials(phone.challenge()))
    reply = phone.reply_to(accepted)
    for number in range(6000):
        phone.ask(call_id=f"stranger-{number}")
    assert phone.reply_to(accepted) == reply
    assert len(phone.accepted) == 1


def test_phones_without_branches_are_told_apart(phone: Exchange) -> None:
    first, second = (
        register(branch=None, call_id=call_id, authorization=credentials(phone.challenge())) for call_id in "ab"
    )
    assert phone.reply_to(first) == phone.reply_to(first) != phone.reply_to(second)
    assert [accepted.call_id for accepted in phone.accepted] == ["a", "b"]


def test_several_contacts_are_bound_and_listed_the_newest_first(phone: Exchange) -> None:
    response = phone.register(contact="<sip:a@h>;q=0.5, <sip:b@h>;expires=60")
    assert contacts(response) == ("<sip:b@h>;expires=60", "<sip:a@h>;q=0.5;expires=300")
    phone.now += 60 * SECOND
    assert contacts(phone.register(contact=None)) == ("<sip:a@h>;q=0.5;expires=240",)


def test_an_expiry_of_zero_removes_that_contact(phone: Exchange) -> None:
    phone.register(contact="<sip:a@h>, <sip:b@h>")
    assert contacts(phone.register(contact="<sip:a@h>;expires=0")) == ("<sip:b@h>;expires=300",)


def test_one_contact_goes_another_comes_and_a_third_is_refreshed_by_one_request(phone: Exchange) -> None:
    phone.register(contact="<sip:a@h>, <sip:b@h>")
    phone.now += 100 * SECOND
    response = phone.register(contact="<sip:a@h>;expires=0, <sip:c@h>;q=0.1, <sip:b@h>;expires=120", expires="240")
    assert contacts(response) == ("<sip:b@h>;expires=120", "<sip:c@h>;q=0.1;expires=240")


def test_a_contact_is_the_same_however_it_is_written(phone: Exchange) -> None:
    phone.register(contact="<sip:%61@Phone.Example:5062;transport=udp>")
    response = phone.register(contact='"other" <SIP:a@phone.example:5062;Transport=UDP>;expires=60')
    assert contacts(response) == ("<SIP:a@phone.example:5062;Transport=UDP>;expires=60",)


def test_extensions_that_nobody_requires_are_neither_used_nor_confirmed(phone: Exchange) -> None:
    contact = '<sip:a@192.0.2.31;ob>;reg-id=1;+sip.instance="<urn:uuid:0>"'
    response = phone.register(contact=contact, extra=["Supported: path, outbound, gruu"])
    assert (response.status, contacts(response)) == (200, ("<sip:a@192.0.2.31;ob>;expires=300",))
    assert response.headers.all("require") == response.headers.all("path") == ()


def test_a_star_removes_all_contacts_of_this_phone_alone(phone: Exchange) -> None:
    phone.register(contact="<sip:a@h>, <sip:b@h>")
    phone.register(display_name="CFHJKM-0004f2000001", contact="<sip:other@h>")
    phone.register(display_name=None, contact="<sip:untagged@h>")
    assert contacts(phone.register(contact="*", expires="0")) == ()
    for display_name, contact in (("CFHJKM-0004f2000001", "other"), (None, "untagged")):
        listed = contacts(phone.register(display_name=display_name, contact=None))
        assert listed == (f"<sip:{contact}@h>;expires=300",)


def test_nobody_takes_a_phones_place_by_a_tag_that_was_not_issued_here() -> None:
    mac, key = MacAddress("0004f2abcdef"), b"this installation's key"
    phone = Exchange(settings(tag_key=key))
    issued = str(issue_phone_tag(mac, key=key, generation=1, length=6))
    others = str(issue_phone_tag(mac, key=b"another installation's key", length=6))
    phone.register(display_name=issued, contact="<sip:phone@h>")
    for call_id, forged in (("other", others), ("guess", f"KKKKKK-{mac}")):
        phone.register(display_name=forged, contact="<sip:thief@h>", call_id=call_id)
        phone.register(display_name=forged, contact="*", expires="0", call_id=call_id)
        phone.register(display_name=forged, contact="<sip:thief@h>", call_id=call_id)
    binding = phone.registrar.binding_of(mac, now=phone.now)
    assert binding is not None
    assert str(binding.contact.uri) == "sip:phone@h"
    assert contacts(phone.register(display_name=issued, contact=None)) == ("<sip:phone@h>;expires=300",)


def test_an_older_request_of_the_same_call_is_refused(phone: Exchange) -> None:
    assert phone.register(cseq=50).status == 200
    assert phone.register(cseq=50).status == 400
    assert phone.register(cseq=50, call_id="after a reboot".replace(" ", "-")).status == 200


def test_the_common_pools_list_is_cut_to_a_datagram_its_own_contact_first(phone: Exchange) -> None:
    for number in range(60):
        challenge = phone.challenge()
        contact = f"<sip:{USER}@192.0.2.{number}:5060;line=abcdefghij>"
        request = register(
            display_name=None,
            contact=contact,
            call_id=f"c{number}",
            cseq=1000 + number,
            branch=f"z9hG4bKp{number}",
            authorization=credentials(challenge),
        )
        payload = phone.reply_to(request)
        assert len(payload) < 1300
        assert contacts(parse_response(payload))[0].startswith(contact)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\0\0\0\0",
        b"junk without a Via\r\n\r\n",
        register(method="ACK"),
        register(method="ACK").replace(b"CSeq: 1", b"CSeq: x"),
        b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\nCSeq: 1 NOTIFY\r\n\r\n",
        b"SIP/2.0 garbage\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n\r\n",
    ],
)
def test_what_waits_for_no_answer_gets_none(phone: Exchange, data: bytes) -> None:
    assert phone.send(data) == Outcome()


def test_a_malformed_request_with_a_via_is_told_why(phone: Exchange) -> None:
    reply = phone.send(register().replace(b"Content-Length: 0", b"Content-Length: x"), ("198.51.100.7", 9999)).reply
    assert reply is not None
    response = parse_response(reply.payload)
    assert (response.status, response.reason) == (400, "Content-Length: Malformed Number")
    assert response.via.params["received"] == "198.51.100.7"
    assert reply.address == ("198.51.100.7", 9999)


@pytest.mark.parametrize(
    ("via", "port"), [("192.0.2.31:5061", 5061), ("192.0.2.31", 5060), ("192.0.2.31:5061;rport", 1024)]
)
def test_the_reply_goes_where_the_via_wants_it(phone: Exchange, via: str, port: int) -> None:
    reply = phone.send(register(via=via), ("192.0.2.31", 1024)).reply
    assert reply is not None
    assert reply.address == ("192.0.2.31", port)


def test_the_phones_binding_can_be_found_by_its_mac(phone: Exchange) -> None:
    mac = MacAddress("0004f2abcdef")
    assert phone.registrar.binding_of(mac, now=phone.now) is None
    phone.register()
    binding = phone.registrar.binding_of(mac, now=phone.now)
    assert binding is not None
    assert (str(binding.contact.uri), binding.source) == (f"sip:{USER}@192.0.2.31:5060", SOURCE)
    assert phone.registrar.binding_of(mac, now=phone.now + timedelta(minutes=5)) is None


def test_strangers_cost_no_memory(phone: Exchange) -> None:
    wrong = credentials(phone.challenge(), password="guess")
    tracemalloc.start()
    try:
        for number in range(1000):
            padding = f"X-Padding: {'x' * 6000}"
            phone.ask(call_id=f"{number}-{'x' * 1000}", extra=[padding])
            phone.ask(call_id=f"{number}-{'x' * 6000}", authorization=wrong)
            phone.ask(call_id=f"{number}-{'x' * 6000}", method="OPTIONS")
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 4_000_000, "the parsers remember some short values"


def test_an_oversize_request_is_refused_unread_and_its_answer_is_small(phone: Exchange) -> None:
    authorization = credentials(phone.challenge())
    reply = phone.reply_to(register(authorization=authorization, extra=[f"Via: SIP/2.0/UDP {'a' * 60_000}"]))
    assert parse_response(reply).status == 513
    assert len(reply) < MAX_REQUEST_BYTES + 500
    assert phone.ask(authorization=authorization).status == 200, "its credentials were not looked at"


def test_answers_are_counted_by_status(phone: Exchange) -> None:
    phone.register()
    phone.ask(user="1013")
    assert phone.registrar.answers == {401: 1, 200: 1, 404: 1}


@given(st.binary(max_size=300), st.integers(0, 600), st.integers(0, 30))
def test_any_bytes_are_survived(junk: bytes, position: int, cut: int) -> None:
    phone = Exchange()
    good = register(authorization=credentials(phone.challenge()))
    phone.send(junk)
    phone.send(good[:position] + junk[:20] + good[position + cut :])


def test_what_its_bearer_cannot_take_on_is_refused_unread_where_the_sender_listens() -> None:
    answer = Answer(503, fields=(("Retry-After", "17"),))
    registrar = Registrar(settings())
    reply = registrar.refuse(register(via="192.0.2.31:5099", contact="nonsense"), SOURCE, answer).reply
    assert reply is not None
    assert reply.address == (SOURCE[0], 5099)
    response = parse_response(reply.payload)
    assert (response.status, response.headers.first("retry-after")) == (503, "17")
    assert registrar.answers == {503: 1}


@pytest.mark.parametrize("via", [b"Via: ;;;", b"Via:", b"Via: a,,b"])
def test_where_the_via_cannot_be_read_the_refusal_goes_back_to_the_source(via: bytes) -> None:
    request = b"REGISTER sip:h SIP/2.0\r\n" + via + b"\r\n\r\n"
    reply = Registrar(settings()).refuse(request, SOURCE, Answer(503)).reply
    assert reply is not None
    assert reply.address == SOURCE


@pytest.mark.parametrize(
    "data", [b"", b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n", b"ACK sip:h SIP/2.0\r\nVia: x\r\n\r\n", b"x"]
)
def test_what_awaits_no_answer_is_not_refused_either(data: bytes) -> None:
    assert Registrar(settings()).refuse(data, SOURCE, Answer(503)) == Outcome()
