import ipaddress
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_web.networks import (
    UNKNOWN_CLIENT,
    Address,
    Network,
    NetworkSyntaxError,
    client_address,
    is_in,
    parse_address,
    parse_network,
)

PROXIES = (parse_network("10.0.0.0/24"), parse_network("fd00::/64"))

almost_addresses = st.one_of(
    st.ip_addresses().map(str),
    st.ip_addresses(v=4).map(lambda address: f"::ffff:{address}"),
    st.from_regex(r"[0-9a-fA-F:]{0,12}(::)?[0-9a-fA-F:]{0,24}(\d{1,3}(\.\d{1,3}){3})?", fullmatch=True),
    st.from_regex(r"[0-9]{0,4}(\.[0-9]{1,4}){2,4}", fullmatch=True),
    st.text(alphabet="0123456789abcdefABCDEF:.%/ ", max_size=50),
    st.text(max_size=20),
)


def by_ipaddress(text: str) -> Address | None:
    """The oracle's answer, IPv4 in IPv6 counted as IPv4."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped
        return (6, int(address)) if inner is None else (4, int(inner))
    return (4, int(address))


@given(almost_addresses.filter(lambda text: "%" not in text))
def test_an_address_is_what_ipaddress_takes_for_one(text: str) -> None:
    assert parse_address(text) == by_ipaddress(text)


@given(st.text())
def test_whatever_a_peer_is_called_it_is_an_address_or_none(text: str) -> None:
    parse_address(text)
    client_address(text, text, PROXIES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "010.0.0.1",
        "10.0.0.256",
        "10.0.0",
        "1::2::3",
        ":1",
        "1:",
        "::1%",
        "::1%e th0",
        "::1%a%b",
        "1" * 5000,
        "１.1.1.1",
    ],
)
def test_bad_text_belongs_to_no_network(text: str) -> None:
    assert parse_address(text) is None
    assert not is_in(parse_address(text), [parse_network("0.0.0.0/0"), parse_network("::/0")])


def test_the_zone_of_a_link_local_address_is_left_out() -> None:
    assert is_in(parse_address("fe80::1%eth0.100"), [parse_network("fe80::/10")])


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)), st.data())
def test_a_network_holds_what_ipaddress_says(
    low: ipaddress.IPv4Address | ipaddress.IPv6Address, data: st.DataObject
) -> None:
    prefix = data.draw(st.integers(0, low.max_prefixlen))
    network = ipaddress.ip_network((low, prefix), strict=False)
    within = st.ip_addresses(network=network)
    other = data.draw(st.one_of(st.ip_addresses(), within))
    parsed = parse_network(str(network))
    mapped = isinstance(other, ipaddress.IPv6Address) and other.ipv4_mapped is not None
    if not mapped and network.version == parsed[0]:
        assert is_in(parse_address(str(other)), [parsed]) == (other in network)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)), st.integers(1, 128))
def test_a_network_ends_where_its_neighbours_begin(
    low: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: int
) -> None:
    network = ipaddress.ip_network((low, min(prefix, low.max_prefixlen)), strict=False)
    first, last = int(network.network_address), int(network.broadcast_address)
    parsed, version = parse_network(str(network)), network.version
    if version == parsed[0]:  # and no IPv4 in IPv6
        assert [is_in((version, number), [parsed]) for number in (first - 1, first, last, last + 1)] == [
            False,
            True,
            True,
            False,
        ]


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("0.0.0.0/0", (4, 0, 0)),
        ("10.0.0.0/8", (4, 10 << 24, 8)),
        ("::/0", (6, 0, 0)),
        ("fe80::/10", (6, 0xFE80 << 112, 10)),
        ("::ffff:10.0.0.0/104", (4, 10 << 24, 8)),
    ],
)
def test_a_network_is_read_from_its_canonical_form(text: str, network: Network) -> None:
    assert parse_network(text) == network


@pytest.mark.parametrize(
    "text",
    ["", "10.0.0.0", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "::/129", "::1/64", "fe80::%eth0/64",
     "::ffff:0.0.0.0/95", "10.0.0.0/0008", "a/8", "10.0.0.0/8/8"],
)  # fmt: skip
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(NetworkSyntaxError):
        parse_network(text)


@given(st.text(alphabet="0123456789abcdef:./", max_size=30))
def test_any_text_is_a_network_or_refused(text: str) -> None:
    with suppress(NetworkSyntaxError):
        parse_network(text)


def test_ipv4_in_ipv6_is_ipv4_and_no_other_network_holds_it() -> None:
    phone = parse_address("::ffff:192.168.7.21")
    assert is_in(phone, [parse_network("192.168.0.0/16")])
    assert not is_in(phone, [parse_network("::/0")])


@pytest.mark.parametrize(
    ("peer", "header", "client"),
    [
        ("192.168.7.21", "", "192.168.7.21"),
        ("192.168.7.21", "10.0.0.1", "192.168.7.21"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.168.7.21", "192.168.7.21"),
        ("10.0.0.1", "127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "forged, 203.0.113.9 , 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3"),
        ("::ffff:10.0.0.1", "fd00::2, fd01::7", "fd01::7"),
        ("fd00::1", "192.168.7.21:4711", "192.168.7.21"),
        ("fd00::1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", "192.168.7.21, unknown", UNKNOWN_CLIENT),
        ("10.0.0.1", "192.168.7.21,", UNKNOWN_CLIENT),
        ("not an address", "192.168.7.21", "not an address"),
    ],
)
def test_only_what_our_proxies_vouch_for_is_believed(peer: str, header: str, client: str) -> None:
    assert client_address(peer, header, PROXIES) == client


def test_nobody_is_trusted_unless_it_is_said() -> None:
    assert client_address("127.0.0.1", "192.168.7.21", ()) == "127.0.0.1"


@given(st.text(alphabet="0123456789abc:., \x00\x1b%", max_size=60))
def test_a_client_that_adds_to_the_header_gains_nothing(forged: str) -> None:
    assert client_address("10.0.0.1", f"{forged}, 203.0.113.9, 10.0.0.2", PROXIES) == "203.0.113.9"
