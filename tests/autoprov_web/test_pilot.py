import pytest

from autoprov_phones.mac import MacAddress
from autoprov_web.networks import parse_address
from autoprov_web.pilot import Pilot

MAC, OTHER = MacAddress("0004f2abcdef"), MacAddress("64167f9f4c90")
ADDRESS, ELSEWHERE = parse_address("192.168.7.21"), parse_address("10.0.0.1")


def pilot(*, macs: str = "", ouis: str = "", networks: str = "") -> Pilot:
    return Pilot(macs=macs.split(), ouis=ouis.split(), networks=networks.split())


@pytest.mark.parametrize("phones", [{"macs": "0004f2abcdef"}, {"ouis": "0004f2"}])
def test_a_phone_is_in_the_pilot_by_its_mac_or_its_makers_digits(phones: dict[str, str]) -> None:
    chosen = pilot(**phones)
    assert chosen.includes(MAC, ADDRESS)
    assert not chosen.includes(OTHER, ADDRESS)


def test_a_phone_is_in_the_pilot_by_its_network() -> None:
    chosen = pilot(networks="192.168.7.0/24 fd00::/64")
    assert chosen.includes(MAC, ADDRESS)
    assert not chosen.includes(MAC, ELSEWHERE)


def test_one_match_is_enough() -> None:
    chosen = pilot(macs="0004f2abcdef", ouis="64167f", networks="192.168.7.0/24")
    assert chosen.includes(MAC, ELSEWHERE)
    assert chosen.includes(OTHER, ELSEWHERE)
    assert chosen.includes(MacAddress("000000000001"), ADDRESS)
    assert not chosen.includes(MacAddress("000000000001"), ELSEWHERE)


def test_the_bootstrap_file_is_for_whoever_could_be_a_phone_of_the_pilot() -> None:
    assert pilot(macs="0004f2abcdef").includes(None, ELSEWHERE)
    assert pilot(ouis="0004f2").includes(None, ELSEWHERE)
    assert pilot(networks="192.168.7.0/24").includes(None, ADDRESS)
    assert not pilot(networks="192.168.7.0/24").includes(None, ELSEWHERE)


def test_an_empty_pilot_has_no_phones() -> None:
    assert not pilot().includes(MAC, ADDRESS)
    assert not pilot().includes(None, ADDRESS)
