import pytest

from registrar_plugin.hosts.phone_source import NOWHERE, contact_source, phone_source
from registrar_plugin.sip.message import Headers, read_message
from registrar_plugin.sip.via import Address
from tests.peers.polycom import register


def headers(*, contact: str | None = None, via: str = "192.0.2.31:5060") -> Headers:
    return read_message(register(contact=contact, via=via)).headers


@pytest.mark.parametrize(
    ("contact", "source"),
    [
        ("<sip:x@[2001:db8::31]:5062>", ("2001:db8::31", 5062)),
        ("<sip:x@192.0.2.44>", ("192.0.2.44", 5060)),
        ("<sip:x@evil.example:53>", NOWHERE),
        ("<sip:x@localhost>", NOWHERE),
        ("<sip:x@127.0.0.1:25066>", NOWHERE),
        ("<sip:x@[::1]>", NOWHERE),
        ("<sip:x@[::ffff:127.0.0.1]>", NOWHERE),
        ("<sip:x@0.0.0.0>", NOWHERE),
        ("<sip:x@[::]>", NOWHERE),
        ("<sip:x@192.0.2.44:99999>", NOWHERE),
        ("<tel:+1>", NOWHERE),
        ("*", NOWHERE),
        (None, NOWHERE),
    ],
)
def test_of_what_a_phone_says_of_itself_an_address_in_its_contact_counts_alone(
    contact: str | None, source: Address
) -> None:
    assert contact_source(headers(contact=contact, via="192.0.2.31;received=203.0.113.9;rport=53")) == source


@pytest.mark.parametrize(
    ("contact", "via"),
    [
        ("<sip:x@evil.example>", "192.0.2.31"),
        (None, "evil.example"),
        ("<sip:x@192.0.2.44>", '192.0.2.31;received="a b>;x=<y [red]"'),
        ("<sip:x@192.0.2.44>", "192.0.2.31;received=evil.example"),
        ("<sip:x@192.0.2.44>", "192.0.2.31;received=0.0.0.0"),
    ],
)
def test_what_is_no_address_is_nowhere_whoever_wrote_it(contact: str | None, via: str) -> None:
    assert phone_source(headers(contact=contact, via=via)) == NOWHERE
