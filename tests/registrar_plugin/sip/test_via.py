import pytest

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.via import Via, mark_received, parse_via, reply_address


def test_blanks_may_stand_between_all_parts() -> None:
    via = parse_via("SIP  /   2.0 / UDP    192.168.255.111 : 5070  ; branch= z9hG4bK30239")
    assert str(via) == "SIP/2.0/UDP 192.168.255.111:5070;branch=z9hG4bK30239"
    assert (via.transport, via.host, via.port, via.branch) == ("UDP", "192.168.255.111", 5070, "z9hG4bK30239")


@pytest.mark.parametrize(
    "text",
    [
        "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111",
        "SIP/2.0/UDP [2001:db8::9:1]:5060;received=2001:db8::9:255;branch=z9hG4bKas3-111",
        "SIP/2.0/TLS pbx.example.com;alias;branch=z9hG4bK.~3I3SLROQ;rport",
        "SIP/2.0/UDP 192.0.2.1",
    ],
)
def test_a_via_is_written_as_it_was_read(text: str) -> None:
    assert str(parse_via(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "SIP/2.0/UDP", "SIP/2.0 UDP h", "UDP h", "SIP/2.0/UDP 192.0.2.15;;,;,,", "SIP/2.0/UDP h:x", "SIP/2.0/UDP a b"],
)
def test_a_malformed_via_is_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_via(text)


def test_rport_is_filled_and_received_always_goes_with_it() -> None:
    marked = mark_received(parse_via("SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bKx"), ("192.0.2.1", 1024))
    assert str(marked) == "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx;received=192.0.2.1;rport=1024"


def test_received_is_added_only_where_sent_by_is_not_the_source() -> None:
    source = ("198.51.100.7", 5060)
    assert "received" not in mark_received(Via("UDP", "198.51.100.7"), source).params
    assert mark_received(Via("UDP", "192.168.1.2"), source).params == {"received": "198.51.100.7"}
    assert mark_received(Via("UDP", "phone.example.com"), source).params == {"received": "198.51.100.7"}


def test_what_a_client_claims_to_be_received_from_is_replaced() -> None:
    via = parse_via("SIP/2.0/UDP 192.0.2.1;received=203.0.113.9;rport=9")
    assert mark_received(via, ("192.0.2.1", 5060)).params == {"received": "192.0.2.1", "rport": "5060"}


def test_a_reply_goes_to_the_source_port_with_rport() -> None:
    assert reply_address(parse_via("SIP/2.0/UDP 192.0.2.1:5060;rport"), ("192.0.2.1", 1024)) == ("192.0.2.1", 1024)


def test_without_rport_it_goes_to_the_port_of_sent_by() -> None:
    # Cisco 79xx: sends from 51098, listens on 5060
    assert reply_address(Via("UDP", "192.168.1.130", 5060), ("192.168.1.130", 51098)) == ("192.168.1.130", 5060)
    assert reply_address(Via("UDP", "192.168.1.130"), ("192.168.1.130", 51098)) == ("192.168.1.130", 5060)


def test_without_rport_behind_a_nat_it_goes_back_through_the_nat() -> None:
    assert reply_address(Via("UDP", "192.168.1.104", 5060), ("86.5.223.17", 23201)) == ("86.5.223.17", 23201)


def test_maddr_is_not_followed() -> None:
    via = parse_via("SIP/2.0/UDP 192.0.2.1:5060;maddr=203.0.113.9")
    assert reply_address(via, ("192.0.2.1", 5060)) == ("192.0.2.1", 5060)
