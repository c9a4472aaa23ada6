from collections.abc import Sequence

import pytest

from registrar_plugin.register_rules import MAX_CONTACT_LENGTH
from registrar_plugin.sip.response import Response, parse_response
from tests.peers.polycom import credentials, register
from tests.registrar_plugin.exchange import Exchange, settings


@pytest.fixture
def phone() -> Exchange:
    return Exchange()


def contacts(response: Response) -> Sequence[str]:
    return response.headers.all("contact")


@pytest.mark.parametrize(("user", "status"), [("1013", 404), ("~~ID~autoprovision", 404), ("", 400)])
def test_another_user_is_not_found_without_a_challenge(phone: Exchange, user: str, status: int) -> None:
    assert phone.ask(user=user).status == status


def test_the_user_may_be_escaped(phone: Exchange) -> None:
    assert phone.register(user="%7e%7eid~autoprovision").status == 200


def test_nobody_registers_for_another(phone: Exchange) -> None:
    assert phone.ask(from_user="alice").status == 403


def test_only_our_domains_are_served_where_they_are_named() -> None:
    phone = Exchange(settings(domains=frozenset({"pbx.example.com", "192.0.2.1"})))
    assert phone.ask(domain="192.0.2.1").status == 401
    assert phone.ask(domain="PBX.example.com").status == 401
    assert phone.ask(domain="other.example.com").status == 404


@pytest.mark.parametrize(
    ("contact", "expires", "granted"),
    [
        ("<sip:a@h>;expires=120", "240", "120"),
        ("<sip:a@h>;expires=120", "10", "120"),
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


@pytest.mark.parametrize("expires", ["300", None, "zero"])
def test_a_star_needs_an_expiry_of_zero(phone: Exchange, expires: str | None) -> None:
    assert phone.register(contact="*", expires=expires).status == 400


def test_too_many_contacts_are_refused(phone: Exchange) -> None:
    assert phone.register(contact=", ".join(f"<sip:a{number}@h>" for number in range(11))).status == 400


def test_required_extensions_are_refused_by_name(phone: Exchange) -> None:
    response = phone.ask(extra=["Require: path, gruu"])
    assert (response.status, response.headers.only("unsupported")) == (420, "path, gruu")


@pytest.mark.parametrize(
    "lines", [["Require: path", "Require: gruu"], ["Require: path,gruu"], ["require : path , gruu"]]
)
def test_required_extensions_are_refused_by_name_however_they_are_written(phone: Exchange, lines: list[str]) -> None:
    response = phone.ask(extra=lines)
    assert (response.status, response.headers.only("unsupported")) == (420, "path, gruu")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Require:", "Require: Empty List Element"),
        ("Require: \t ", "Require: Empty List Element"),
        ("Require: path,", "Require: Empty List Element"),
        ("Require: ,path", "Require: Empty List Element"),
        ('Require: "path"', "Require: Malformed Option Tag"),
        ("Require: path gruu", "Require: Malformed Option Tag"),
        ("Require: path;q=1", "Require: Malformed Option Tag"),
    ],
)
def test_a_require_that_names_nothing_is_a_malformed_request(phone: Exchange, line: str, reason: str) -> None:
    """Not 420: an Unsupported without an option tag would tell the phone nothing (§8.2.2.3, §25.1)."""
    response = phone.ask(extra=[line])
    assert (response.status, response.reason, response.headers.only("unsupported")) == (400, reason, None)


@pytest.mark.parametrize("line", ["Supported:", "Supported: path, gruu", "k:", "Allow:", "Proxy-Require: path"])
def test_what_is_only_supported_or_meant_for_proxies_is_of_no_concern(phone: Exchange, line: str) -> None:
    assert phone.ask(extra=[line]).status == 401


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


@pytest.mark.parametrize("supported", [["Supported: path"], []])
def test_a_path_is_refused_by_name_before_anything_is_bound(phone: Exchange, supported: list[str]) -> None:
    """RFC 3327 §5.3: better than a binding that cannot be reached."""
    path = "Path: <sip:edge.example.com;lr>"
    response = phone.register(extra=[path, *supported])
    assert (response.status, response.headers.only("unsupported")) == (420, "path")
    response = phone.register(extra=[path, "Require: gruu"])
    assert (response.status, response.headers.only("unsupported")) == (420, "gruu, path")
    assert contacts(phone.register(contact=None)) == ()


@pytest.mark.parametrize("line", ["Max-Forwards: 0", "Max-Forwards: 70", "Max-Forwards:255", None])
def test_how_far_it_could_still_go_is_of_no_concern_to_whom_it_has_reached(phone: Exchange, line: str | None) -> None:
    request = register(cseq=2, branch="z9hG4bKtwo", authorization=credentials(phone.challenge()))
    replaced = request.replace(b"Max-Forwards: 70\r\n", f"{line}\r\n".encode() if line else b"")
    assert parse_response(phone.reply_to(replaced)).status == 200


@pytest.mark.parametrize("line", ["Max-Forwards: seventy", "Max-Forwards: -1", "Max-Forwards:", "Max-Forwards: 7 0"])
def test_a_malformed_max_forwards_is_told_by_name(phone: Exchange, line: str) -> None:
    response = parse_response(phone.reply_to(register().replace(b"Max-Forwards: 70", line.encode())))
    assert (response.status, response.reason) == (400, "Max-Forwards: Malformed Number")


def test_two_max_forwards_are_refused(phone: Exchange) -> None:
    assert phone.ask(extra=["Max-Forwards: 69"]).reason == "Max-Forwards Given Twice"


def test_a_contact_too_long_to_come_back_in_every_answer_is_refused(phone: Exchange) -> None:
    just = f"<sip:a@h;x={'y' * (MAX_CONTACT_LENGTH - len('sip:a@h;x='))}>"
    assert phone.register(contact=just).status == 200
    response = phone.register(contact=just.replace("y>", "yy>"))
    assert (response.status, response.reason) == (400, "Contact Too Long")


def test_a_full_table_says_when_to_come_again() -> None:
    phone = Exchange(settings(max_bindings=1))
    phone.register(contact="<sip:a@h>")
    response = phone.register(contact="<sip:b@h>", display_name="CFHJKM-0004f2000001")
    assert (response.status, response.headers.only("retry-after")) == (503, "60")
    assert phone.register(contact="<sip:a@h>").status == 200


def test_a_star_with_an_older_cseq_of_the_same_call_removes_nothing(phone: Exchange) -> None:
    phone.register(contact="<sip:a@h>", cseq=50)
    assert phone.register(contact="*", expires="0", cseq=50).reason == "CSeq Not Higher Than The Binding's"
    assert contacts(phone.register(contact=None, cseq=51)) == ("<sip:a@h>;expires=300",)


def test_a_contact_refused_leaves_the_others_of_its_request_unbound(phone: Exchange) -> None:
    phone.register(contact="<sip:a@h>", cseq=50)
    assert phone.register(contact="<sip:b@h>, <sip:a@h>", cseq=49).status == 400
    assert contacts(phone.register(contact=None, cseq=51)) == ("<sip:a@h>;expires=300",)
