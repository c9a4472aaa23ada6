from dataclasses import replace
from datetime import timedelta

import pytest

from autoprov_phones.mac import MacAddress
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.resync.places import KnownPlaces, Place, phone_uri
from registrar_plugin.sip.uri import parse_uri
from tests.registrar_plugin.registrations import NOW, registration, tag

MAC = tag(1).mac


def test_a_phone_is_where_it_registered_from_until_that_expires() -> None:
    places = KnownPlaces()
    places.note(MAC, registration(host="192.0.2.31"))
    assert places.of(MAC, now=NOW + timedelta(minutes=4)) == Place(("192.0.2.31", 5060))
    assert places.of(MAC, now=NOW + timedelta(minutes=5)) is None


def test_the_newest_registration_counts_and_a_removal_ends_it() -> None:
    places = KnownPlaces()
    places.note(MAC, registration(host="192.0.2.31"))
    places.note(MAC, registration(host="192.0.2.32"))
    assert places.of(MAC, now=NOW) == Place(("192.0.2.32", 5060))
    places.note(MAC, replace(registration(), expires=timedelta(0)))
    assert places.of(MAC, now=NOW) is None


def test_of_very_many_phones_those_that_were_silent_the_longest_are_forgotten() -> None:
    places, seen = KnownPlaces(), registration()
    for number in range(50_001):
        places.note(MacAddress(f"64167f{number:06x}"), seen)
    assert places.of(MacAddress("64167f000000"), now=NOW) is None
    assert places.of(MacAddress("64167f000001"), now=NOW) is not None


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "evil.example", "a b>;x=<y [red]"])
def test_a_source_that_is_no_address_is_no_place_and_ends_the_one_before(host: str) -> None:
    places = KnownPlaces()
    places.note(MAC, registration(host="192.0.2.31"))
    places.note(MAC, replace(registration(), source=(host, 5060)))
    assert places.of(MAC, now=NOW) is None


def test_a_phone_that_nobody_saw_is_nowhere() -> None:
    assert KnownPlaces().of(MAC, now=NOW) is None


def test_a_place_is_written_as_a_uri_with_brackets_around_ipv6() -> None:
    assert str(phone_uri(Place(("2001:db8::1", 5062)), user="~~id~autoprovision")) == (
        "sip:~~id~autoprovision@[2001:db8::1]:5062"
    )


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.TLS])
def test_a_place_at_a_connection_names_its_transport(transport: Transport) -> None:
    places = KnownPlaces()
    places.note(MAC, replace(registration(), source=("192.0.2.31", 40123), transport=transport))
    place = places.of(MAC, now=NOW)
    assert place is not None
    uri = phone_uri(place, user="~~id~autoprovision")
    assert uri == parse_uri(f"sip:~~id~autoprovision@192.0.2.31:40123;transport={transport.value}")
