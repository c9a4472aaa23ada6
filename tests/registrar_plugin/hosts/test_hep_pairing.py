from datetime import UTC, datetime, timedelta

import pytest

from registrar_plugin.hosts.hep_pairing import PairedRegister, RegisterPairing
from registrar_plugin.sip.errors import SipSyntaxError
from tests.peers.polycom import DOMAIN, USER, register
from tests.registrar_plugin.hosts.hep_packets import PHONE
from tests.registrar_plugin.hosts.site import response_to

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LIFE = timedelta(seconds=10)
DIGEST = 'Digest username="x", response="y"'
PBX = "198.51.100.5"
CONTACT = f"<sip:{USER}@192.0.2.31:5060>"


def request(**changes: str | int) -> bytes:
    return register(authorization=DIGEST, **changes)  # type: ignore[arg-type]  # what register takes


def answer(to: bytes, *contacts: str) -> bytes:
    return response_to(to, "200 OK", [f"Contact: {contact}" for contact in contacts])


def pairing() -> RegisterPairing:
    return RegisterPairing(life=LIFE, limit=3)


def paired(held: RegisterPairing, response: bytes, *, at: datetime = NOW) -> PairedRegister | None:
    return held.take_answer(response, now=at)


def test_a_register_comes_out_with_its_200_and_what_that_grants() -> None:
    held = pairing()
    assert held.take_request(request(), PHONE, sent_to=PBX, now=NOW)
    granted = answer(request(), f"{CONTACT};expires=90")
    assert paired(held, granted) == PairedRegister(request(), PHONE, PBX, timedelta(seconds=90))


def test_a_register_without_authorization_is_not_held() -> None:
    held = pairing()
    assert not held.take_request(register(), PHONE, sent_to=PBX, now=NOW)
    assert paired(held, answer(register())) is None


def test_the_phones_own_contact_is_found_among_others() -> None:
    held = pairing()
    held.take_request(request(), PHONE, sent_to=PBX, now=NOW)
    found = paired(held, answer(request(), f"<sip:{USER}@192.0.2.99>;expires=9", f"{CONTACT};expires=90"))
    assert found is not None
    assert found.granted == timedelta(seconds=90)


@pytest.mark.parametrize("contact", ["<sip:other@192.0.2.99>;expires=9", "<sip:not closed"])
def test_a_200_that_does_not_tell_grants_what_its_expires_says(contact: str) -> None:
    held = pairing()
    held.take_request(request(), PHONE, sent_to=PBX, now=NOW)
    response = answer(request(), contact).replace(b"Content-Length", b"Expires: 120\r\nContent-Length")
    found = paired(held, response)
    assert found is not None
    assert found.granted == timedelta(seconds=120)


def test_a_200_that_says_nothing_grants_nothing_known() -> None:
    held = pairing()
    held.take_request(request(), PHONE, sent_to=PBX, now=NOW)
    found = paired(held, answer(request()))
    assert found is not None
    assert found.granted is None


def test_a_200_pairs_once() -> None:
    held = pairing()
    held.take_request(request(), PHONE, sent_to=PBX, now=NOW)
    assert paired(held, answer(request())) is not None
    assert paired(held, answer(request())) is None


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(request(call_id="another"), id="another Call-ID"),
        pytest.param(request(cseq=2), id="another CSeq"),
        pytest.param(request(branch="z9hG4bKtwo"), id="another branch"),
        pytest.param(request(user="200"), id="another user"),
    ],
)
def test_a_200_of_another_request_does_not_pair(other: bytes) -> None:
    held = pairing()
    held.take_request(request(), PHONE, sent_to=PBX, now=NOW)
    assert paired(held, answer(other)) is None


def test_a_via_that_the_registrar_marked_is_the_phones_own() -> None:
    held = pairing()
    held.take_request(request(), PHONE, sent_to=PBX, now=NOW)
    marked = answer(request()).replace(b";branch", b";received=203.0.113.5;rport=1024;branch")
    assert paired(held, marked) is not None


def test_compact_header_names_and_a_tag_from_the_registrar_pair_too() -> None:
    held = pairing()
    held.take_request(request().replace(b"Call-ID:", b"i:").replace(b"To:", b"t:"), PHONE, sent_to=PBX, now=NOW)
    tagged = answer(request()).replace(
        f"To: <sip:{USER}@{DOMAIN}>".encode(), f"To: <sip:{USER}@{DOMAIN}>;tag=9".encode()
    )
    assert paired(held, tagged) is not None


def test_a_register_that_nobody_answers_is_forgotten_after_seconds() -> None:
    held = pairing()
    held.take_request(request(), PHONE, sent_to=PBX, now=NOW)
    assert paired(held, answer(request()), at=NOW + LIFE) is None


def test_two_thousand_are_held_for_ten_seconds() -> None:
    held = RegisterPairing()
    for number in range(2001):
        held.take_request(request(call_id=f"call-{number}"), PHONE, sent_to=PBX, now=NOW)
    assert len(held) == 2000
    last = answer(request(call_id="call-2000"))
    assert paired(held, last, at=NOW + LIFE) is None
    assert paired(held, last, at=NOW + LIFE - timedelta(microseconds=1)) is not None


def test_blanks_in_cseq_do_not_matter() -> None:
    held = pairing()
    held.take_request(request().replace(b"CSeq: 1 ", b"CSeq: 1 \t "), PHONE, sent_to=PBX, now=NOW)
    assert paired(held, answer(request())) is not None


def test_of_many_registers_the_oldest_are_forgotten() -> None:
    held = pairing()
    for number in range(5):
        held.take_request(request(call_id=f"call-{number}"), PHONE, sent_to=PBX, now=NOW)
    assert len(held) == 3
    assert paired(held, answer(request(call_id="call-0"))) is None
    assert paired(held, answer(request(call_id="call-4"))) is not None


def test_a_body_is_not_held() -> None:
    held = pairing()
    held.take_request(request() + b"x" * 60_000, PHONE, sent_to=PBX, now=NOW)
    found = paired(held, answer(request()))
    assert found is not None
    assert found.raw == request()


def test_what_is_too_long_to_be_held_is_refused() -> None:
    with pytest.raises(SipSyntaxError):
        pairing().take_request(request(call_id="x" * 9000), PHONE, sent_to=PBX, now=NOW)


def test_a_200_too_long_to_be_read_is_refused() -> None:
    with pytest.raises(SipSyntaxError):
        paired(pairing(), answer(request(), *[CONTACT] * 300))
