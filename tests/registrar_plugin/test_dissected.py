"""What we send, read by Wireshark's SIP dissector: it finds no packet malformed, and warns of none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from registrar_plugin.bindings import Binding
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registrar import Registrar
from registrar_plugin.resync.check_sync import check_sync_for
from registrar_plugin.sip.answer import Answer
from registrar_plugin.sip.digest import Algorithm
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.request import Request, parse_request
from tests.peers.polycom import PASSWORD, USER, challenge_of, credentials, register
from tests.peers.tshark import complaints, packets_of_sip, write_capture
from tests.registrar_plugin.corpora import all_messages

NOW = datetime(2026, 5, 4, tzinfo=UTC)
SOURCE = ("192.0.2.31", 5060)


def settings_of(user: str) -> RegistrarSettings:
    return RegistrarSettings(user, "autoprov", PASSWORD, nonce_key=b"k" * 32)


def registrar_of(user: str) -> Registrar:
    return Registrar(settings_of(user))


def requests() -> Iterator[tuple[str, bytes, Request | None]]:
    """Every message of every corpus, and what we read in it."""
    for name, data in all_messages().items():
        try:
            yield name, data, parse_request(data)
        except SipSyntaxError:
            yield name, data, None


def first_answers() -> dict[str, bytes]:
    """200, 400, 401, 405, 416, 420, 505 as they come."""
    answers = dict[str, bytes]()
    for name, data, request in requests():
        user = (request.to.sip_user if request else None) or "nobody"
        reply = registrar_of(user).handle(data, SOURCE, now=NOW).reply
        if reply is not None:
            answers[name] = reply.payload
    return answers


def notifies() -> dict[str, bytes]:
    """To each contact of each message."""
    return {
        f"{name}, contact {number}": check_sync_for(
            Binding(contact, "sip:a@autoprov", "c", 1, NOW, SOURCE),
            user=USER,
            realm="autoprov",
            sent_by=("192.0.2.1", 5060),
            key="0123456789abcdef" * 2,
        ).to_bytes()
        for name, _, request in requests()
        for number, contact in enumerate(request.contacts if request else (), 1)
    }


def signed_answers() -> dict[str, bytes]:
    """Once the password was right: 200 with all sorts of contacts, 400, 423; and 403, 404, 481, 513."""
    contacts = {
        "one": "<sip:a@192.0.2.1>",
        "two": '"a, b" <sip:a@192.0.2.1>;q=0.5, sip:b@[2001:db8::1]:5070',
        "other schemes": "<tel:+49-30-1234>, <name:John_Smith>",
        "star": "*",
        "brief": "<sip:a@192.0.2.1>;expires=1",
        "many": ", ".join(f"<sip:a@192.0.2.{host}>" for host in range(1, 12)),
        "long": ", ".join(f"<sip:{'a' * 200}@192.0.2.{host}>" for host in range(1, 10)),
    }
    answers = {name: signed(contact=contact) for name, contact in contacts.items()}
    answers["query"] = signed(contact=None)
    answers["cancel"] = answer(registrar_of(USER), register(method="CANCEL"))
    answers["too long"] = answer(registrar_of(USER), register(extra=["X: y"] * 300))
    answers["foreign user"] = answer(registrar_of(USER), register(user="somebody"))
    both = replace(settings_of(USER), algorithms=(Algorithm.SHA_256, Algorithm.MD5))
    answers["two challenges"] = answer(Registrar(both), register())
    answers["busy"] = refusal(Answer(503, fields=(("Retry-After", "17"),)))
    answers["no option tag"] = answer(registrar_of(USER), register(extra=["Require:"]))
    answers["path"] = answer(registrar_of(USER), register(extra=["Path: <sip:edge.example.com;lr>"]))
    answers["third party"] = answer(registrar_of(USER), register(from_user="somebody"))
    return answers


def signed(*, contact: str | None) -> bytes:
    registrar = registrar_of(USER)
    challenge = challenge_of(answer(registrar, register()))
    return answer(registrar, register(contact=contact, cseq=2, branch="z9hG4bK2", authorization=credentials(challenge)))


def refusal(by: Answer) -> bytes:
    reply = registrar_of(USER).refuse(register(), SOURCE, by).reply
    assert reply is not None
    return reply.payload


def answer(registrar: Registrar, data: bytes) -> bytes:
    reply = registrar.handle(data, SOURCE, now=NOW).reply
    assert reply is not None
    return reply.payload


# Repeated octet for octet, as it has to be.
WARNED = {
    "intmeth": "To has an escaped NUL in quotes (§25.1 quoted-pair), where the dissector's strings end",
    "name: escaped NUL": "so has From",
}


def test_the_dissector_reads_all_that_we_send_and_finds_nothing_malformed(tmp_path: Path) -> None:
    sent = {**first_answers(), **notifies(), **signed_answers()}
    capture = tmp_path / "sent.pcap"
    write_capture(capture, list(sent.values()))
    assert len(packets_of_sip(capture)) == len(sent)
    names = list(sent)
    found = {names[number - 1]: message for number, message in complaints(capture).items()}
    assert set(found) == set(WARNED), found


def test_the_dissector_would_say_so(tmp_path: Path) -> None:
    capture = tmp_path / "bad.pcap"
    sound = register()
    cut, no_colon = sound.removesuffix(b"\r\n\r\n"), sound.replace(b"Accept-Language:", b"Accept-Language")
    write_capture(capture, [cut, sound, no_colon])
    assert set(complaints(capture)) == {1, 3}
