from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registrar import Outcome, Registrar
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.response import Response, parse_response
from tests.peers.polycom import PASSWORD, USER, challenge_of, credentials, register

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SOURCE = ("192.0.2.31", 5060)
SECOND = timedelta(seconds=1)


def settings(domains: frozenset[str] = frozenset()) -> RegistrarSettings:
    return RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=b"k" * 32, domains=domains)


class Exchange:
    """A registrar and the phones that talk to it: a new branch for each request, the clock in our hands."""

    def __init__(self, registrar: Registrar | None = None) -> None:
        self.registrar = registrar or Registrar(settings())
        self.now = NOW
        self.requests = 0
        self.accepted: list[AcceptedRegistration] = []

    def send(self, data: bytes, source: tuple[str, int] = SOURCE) -> Outcome:
        outcome = self.registrar.handle(data, source, now=self.now)
        self.accepted += [outcome.accepted] if outcome.accepted else []
        return outcome

    def ask(self, *, cseq: int | None = None, **changes: Any) -> Response:
        """One REGISTER without the round trip."""
        self.requests += 1
        data = register(branch=f"z9hG4bK{self.requests}", cseq=cseq or self.requests, **changes)
        return parse_response(self.reply_to(data))

    def reply_to(self, data: bytes) -> bytes:
        reply = self.send(data).reply
        assert reply is not None
        return reply.payload

    def challenge(self) -> dict[str, str]:
        self.requests += 1
        return challenge_of(self.reply_to(register(branch=f"z9hG4bK{self.requests}", cseq=self.requests)))

    def register(self, **changes: Any) -> Response:
        """The whole round trip: 401, then with credentials."""
        return self.ask(authorization=credentials(self.challenge()), **changes)


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


def test_a_wrong_password_is_challenged_anew_and_in_the_end_forbidden(phone: Exchange) -> None:
    wrong = [phone.ask(authorization=credentials(phone.challenge(), password="wrong")) for _ in range(6)]
    assert [response.status for response in wrong] == [401] * 5 + [403]
    assert phone.register().status == 200, "who knows the password is let in all the same"
    assert len(phone.accepted) == 1


@pytest.mark.parametrize(
    "authorization",
    [
        "NoOneKnowsThisScheme opaque-data=here",
        'Digest username="ft",realm="yxa.sip.su.se", nonce="a0',
        'Digest username="ft",realm="yxa.sip.su.se",nonce="a0",uri="sip:h",response="00"',
    ],
)
def test_credentials_that_are_none_are_challenged(phone: Exchange, authorization: str) -> None:
    assert phone.ask(authorization=authorization).status == 401


def test_another_users_credentials_are_worth_nothing(phone: Exchange) -> None:
    assert phone.ask(authorization=credentials(phone.challenge(), username="alice")).status == 401


def test_the_user_name_may_carry_the_mac_and_escapes(phone: Exchange) -> None:
    for username in (f"{USER}/0004f2abcdef", "%7E%7Eid%7Eautoprovision"):
        assert phone.ask(authorization=credentials(phone.challenge(), username=username)).status == 200


def test_an_old_nonce_is_stale(phone: Exchange) -> None:
    challenge = phone.challenge()
    phone.now += timedelta(minutes=6)
    response = phone.ask(authorization=credentials(challenge))
    assert (response.status, "stale=true" in response.headers.first("www-authenticate")) == (401, True)


def test_a_nonce_of_before_a_restart_is_stale(phone: Exchange) -> None:
    elsewhere = Exchange(Registrar(RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=b"another")))
    response = phone.ask(authorization=credentials(elsewhere.challenge()))
    assert "stale=true" in response.headers.first("www-authenticate")


def test_a_nonce_serves_again_with_a_higher_count_alone(phone: Exchange) -> None:
    challenge = phone.challenge()
    counts = [1, 2, 2, 1, 0x10]
    statuses = [phone.ask(authorization=credentials(challenge, count=count)).status for count in counts]
    assert statuses == [200, 200, 401, 401, 200]


def test_without_qop_a_nonce_serves_once(phone: Exchange) -> None:
    challenge = phone.challenge()
    asked = [phone.ask(authorization=credentials(challenge, with_qop=False)) for _ in range(2)]
    assert [response.status for response in asked] == [200, 401]


def test_a_retransmission_gets_the_same_response_and_is_not_told_again(phone: Exchange) -> None:
    request = register(branch="z9hG4bKagain", cseq=9, authorization=credentials(phone.challenge()))
    first = phone.reply_to(request)
    phone.now += 31 * SECOND
    assert phone.reply_to(request) == first
    assert len(phone.accepted) == 1
    phone.now += 2 * SECOND
    assert b"stale=true" in phone.reply_to(request), "after 32 seconds it is a new request, and a replay"


def test_the_same_branch_with_another_cseq_is_another_request(phone: Exchange) -> None:
    challenge = challenge_of(phone.reply_to(register(branch="z9hG4bKx", cseq=1)))
    assert phone.reply_to(register(branch="z9hG4bKx", cseq=2, authorization=credentials(challenge))).startswith(
        b"SIP/2.0 200"
    )


def test_phones_without_branches_are_told_apart(phone: Exchange) -> None:
    first, second = register(branch=None, call_id="a"), register(branch=None, call_id="b")
    assert phone.reply_to(first) == phone.reply_to(first) != phone.reply_to(second)


@pytest.mark.parametrize(("user", "status"), [("1013", 404), ("~~ID~autoprovision", 404), ("", 400)])
def test_another_user_is_not_found_without_a_challenge(phone: Exchange, user: str, status: int) -> None:
    assert phone.ask(user=user).status == status


def test_the_user_may_be_escaped(phone: Exchange) -> None:
    assert phone.register(user="%7e%7eid~autoprovision").status == 200


def test_nobody_registers_for_another(phone: Exchange) -> None:
    assert phone.ask(from_user="alice").status == 403


def test_only_our_domains_are_served_where_they_are_named() -> None:
    phone = Exchange(Registrar(settings(frozenset({"pbx.example.com", "192.0.2.1"}))))
    assert phone.ask(domain="192.0.2.1").status == 401
    assert phone.ask(domain="PBX.example.com").status == 401
    assert phone.ask(domain="other.example.com").status == 404


@pytest.mark.parametrize(
    ("contact", "expires", "granted"),
    [
        ("<sip:a@h>;expires=120", "240", "120"),
        ("<sip:a@h>", "240", "240"),
        ("<sip:a@h>", None, "300"),
        ("<sip:a@h>", "86400", "3600"),
        ("<sip:a@h>;expires=never", "240", "3600"),
        ("<sip:a@h>;expires=" + "9" * 100, None, "3600"),
        ("sip:a@h;expires=120", None, "120"),
    ],
)
def test_the_contacts_own_expiry_comes_first(phone: Exchange, contact: str, expires: str | None, granted: str) -> None:
    assert contacts(phone.register(contact=contact, expires=expires)) == (f"<sip:a@h>;expires={granted}",)


def test_too_brief_an_expiry_is_refused_with_the_shortest(phone: Exchange) -> None:
    response = phone.register(contact="<sip:a@h>, <sip:b@h>;expires=59")
    assert (response.status, response.headers.only("min-expires")) == (423, "60")
    assert contacts(phone.register(contact=None)) == ()


def test_several_contacts_are_bound_and_listed_the_newest_first(phone: Exchange) -> None:
    response = phone.register(contact="<sip:a@h>;q=0.5, <sip:b@h>;expires=60")
    assert contacts(response) == ("<sip:b@h>;expires=60", "<sip:a@h>;q=0.5;expires=300")
    phone.now += 60 * SECOND
    assert contacts(phone.register(contact=None)) == ("<sip:a@h>;q=0.5;expires=240",)


def test_an_expiry_of_zero_removes_that_contact(phone: Exchange) -> None:
    phone.register(contact="<sip:a@h>, <sip:b@h>")
    assert contacts(phone.register(contact="<sip:a@h>;expires=0")) == ("<sip:b@h>;expires=300",)


def test_a_star_removes_all_contacts_of_this_phone_alone(phone: Exchange) -> None:
    phone.register(contact="<sip:a@h>, <sip:b@h>")
    phone.register(display_name="CFHJKM-0004f2000001", contact="<sip:other@h>")
    phone.register(display_name=None, contact="<sip:untagged@h>")
    assert contacts(phone.register(contact="*", expires="0")) == ()
    for display_name, contact in (("CFHJKM-0004f2000001", "other"), (None, "untagged")):
        listed = contacts(phone.register(display_name=display_name, contact=None))
        assert listed == (f"<sip:{contact}@h>;expires=300",)


@pytest.mark.parametrize("expires", ["300", None, "zero"])
def test_a_star_needs_an_expiry_of_zero(phone: Exchange, expires: str | None) -> None:
    assert phone.register(contact="*", expires=expires).status == 400


def test_an_older_request_of_the_same_call_is_refused(phone: Exchange) -> None:
    assert phone.register(cseq=50).status == 200
    assert phone.register(cseq=50).status == 400
    assert phone.register(cseq=50, call_id="after a reboot".replace(" ", "-")).status == 200


def test_too_many_contacts_are_refused(phone: Exchange) -> None:
    assert phone.register(contact=", ".join(f"<sip:a{number}@h>" for number in range(11))).status == 400


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


def test_required_extensions_are_refused_by_name(phone: Exchange) -> None:
    response = phone.ask(extra=["Require: path, gruu"])
    assert (response.status, response.headers.only("unsupported")) == (420, "path, gruu")


@pytest.mark.parametrize("method", ["INVITE", "NOTIFY", "SUBSCRIBE", "BYE", "NEWMETHOD"])
def test_other_methods_are_not_allowed(phone: Exchange, method: str) -> None:
    response = phone.ask(method=method)
    assert (response.status, response.headers.only("allow")) == (405, "REGISTER, OPTIONS")


def test_options_says_what_is_allowed(phone: Exchange) -> None:
    response = phone.ask(method="OPTIONS")
    assert (response.status, response.headers.only("allow")) == (200, "REGISTER, OPTIONS")


def test_a_cancel_finds_nothing_to_cancel(phone: Exchange) -> None:
    assert phone.ask(method="CANCEL").status == 481


def test_an_overlarge_cseq_is_refused(phone: Exchange) -> None:
    assert phone.ask(cseq=2**31).status == 400


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


def test_answers_are_counted_by_status(phone: Exchange) -> None:
    phone.register()
    phone.ask(user="1013")
    assert phone.registrar.answers == {401: 1, 200: 1, 404: 1}


def test_settings_do_not_show_the_password() -> None:
    assert PASSWORD not in repr(settings())


@given(st.binary(max_size=300), st.integers(0, 600), st.integers(0, 30))
def test_any_bytes_are_survived(junk: bytes, position: int, cut: int) -> None:
    phone = Exchange()
    good = register(authorization=credentials(phone.challenge()))
    phone.send(junk)
    phone.send(good[:position] + junk[:20] + good[position + cut :])
