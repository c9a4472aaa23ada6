import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.hosts.hep_packet import HepError, HepFault, HepPacket, parse_packet
from tests.peers.polycom import register
from tests.registrar_plugin.hosts.hep_packets import PHONE, chunk, mirrored, packet

REGISTER = register()
SOUND = mirrored(REGISTER)
# A phone's packet as Kamailio 5.6.3's siptrace sent it; the payload is shortened.
CAPTURED = (
    bytes.fromhex(
        "484550330077000000010007020000000200071100000003000a7f00000100000004000a7f00000100000007000813c4"
        "000000080008838a00000009000a6b032da40000000a000a00026b120000000b0007010000000c000a000000010000000f001a"
    )
    + b"REGISTER sip:a SIP/2"
)


def fault_of(data: bytes) -> HepFault:
    with pytest.raises(HepError) as caught:
        parse_packet(data)
    return caught.value.fault


def test_a_packet_holds_the_message_and_where_the_phone_sent_it_from() -> None:
    assert parse_packet(SOUND) == HepPacket(PHONE, PHONE[0], b"", REGISTER, 17)


def test_kamailios_own_packet_is_read() -> None:
    assert parse_packet(CAPTURED) == HepPacket(("127.0.0.1", 5060), "127.0.0.1", b"", b"REGISTER sip:a SIP/2", 17)


def test_a_phone_on_ipv6_is_named_without_brackets() -> None:
    assert parse_packet(mirrored(REGISTER, source=("2001:db8::31", 5061))).source == ("2001:db8::31", 5061)


def test_an_ipv4_phone_at_a_socket_for_both_is_an_ipv4_phone() -> None:
    assert parse_packet(mirrored(REGISTER, source=("::ffff:192.0.2.31", 5060))).source == PHONE


def test_the_host_that_it_went_to_need_not_be_told() -> None:
    assert parse_packet(mirrored(REGISTER, sent_to="198.51.100.5")).sent_to == "198.51.100.5"
    assert parse_packet(packet(*SOURCE, chunk(15, REGISTER))).sent_to == ""


def test_the_key_comes_along() -> None:
    assert parse_packet(mirrored(REGISTER, key=b"secret")).key == b"secret"


def test_unknown_chunks_and_those_of_other_vendors_are_passed_over() -> None:
    more = chunk(15, b"of another vendor", vendor=0x2021) + chunk(999, b"of tomorrow") + chunk(17, b"correlation")
    data = b"HEP3" + struct.pack("!H", len(SOUND) + len(more)) + SOUND[6:] + more
    assert parse_packet(data).payload == REGISTER


def test_what_follows_the_packet_is_ignored() -> None:
    assert parse_packet(SOUND + b"padding") == parse_packet(SOUND)


def test_of_another_protocol_nothing_is_kept() -> None:
    assert parse_packet(mirrored(b"rtcp", protocol=5)).payload == b""


def test_the_largest_datagram_is_read() -> None:
    body = b"x" * (65_507 - len(SOUND))
    assert len(parse_packet(mirrored(REGISTER + body)).payload) == len(REGISTER) + len(body)


def test_a_packet_that_is_cut_off_anywhere_is_known_as_such() -> None:
    assert {fault_of(SOUND[:length]) for length in range(1, len(SOUND))} == {HepFault.TRUNCATED}


def test_nothing_is_no_packet() -> None:
    assert fault_of(b"") is HepFault.NOT_HEP


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x02\x10\x02\x11\x13\xc4\x13\xc4\x7f\x00\x00\x01\x7f\x00\x00\x01" + REGISTER, id="version 2"),
        pytest.param(b"\x01\x10\x02\x11\x13\xc4\x13\xc4\x7f\x00\x00\x01\x7f\x00\x00\x01" + REGISTER, id="version 1"),
        pytest.param(b"\x01\x28\x0a\x11" + bytes(36) + REGISTER, id="version 1 over IPv6"),
    ],
)
def test_an_older_version_is_told_from_rubbish(data: bytes) -> None:
    assert fault_of(data) is HepFault.OLD_VERSION


@pytest.mark.parametrize("data", [REGISTER, b"\0" * 100, b"HEP4" + SOUND[4:], b"\x01\x02"])
def test_what_is_no_hep_is_said_to_be_none(data: bytes) -> None:
    assert fault_of(data) is HepFault.NOT_HEP


SOURCE = (chunk(3, bytes(4)), chunk(7, bytes(2)))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(packet(*SOURCE, struct.pack("!HHH", 0, 15, 5)), id="chunk shorter than its header"),
        pytest.param(packet(*SOURCE, struct.pack("!HHH", 0, 15, 7)), id="chunk beyond the packet"),
        pytest.param(packet(*SOURCE, chunk(15, b"REGISTER"), b"\0\0\0"), id="half a chunk header"),
        pytest.param(packet(*SOURCE, b"\0\0\0\x0f\0\0", chunk(15, b"REGISTER")), id="chunk of no length"),
        pytest.param(packet(*SOURCE, chunk(15, b"REGISTER"), b"\0\0\0\x0f\0\x05"), id="chunk shorter than its header"),
        pytest.param(packet(chunk(3, bytes(3)), chunk(7, bytes(2)), chunk(15, b"")), id="IPv4 address of three octets"),
        pytest.param(packet(chunk(5, bytes(4)), chunk(7, bytes(2)), chunk(15, b"")), id="IPv6 address of four octets"),
        pytest.param(packet(chunk(3, bytes(4)), chunk(7, bytes(4)), chunk(15, b"")), id="port of four octets"),
        pytest.param(packet(chunk(3, bytes(4)), chunk(15, b"")), id="no port"),
        pytest.param(packet(chunk(7, bytes(2)), chunk(15, b"")), id="no address"),
        pytest.param(packet(*SOURCE), id="no message"),
        pytest.param(b"HEP3\0\0", id="length zero"),
    ],
)
def test_a_malformed_packet_is_refused(data: bytes) -> None:
    assert fault_of(data) is HepFault.MALFORMED


def test_a_compressed_message_is_not_guessed_at() -> None:
    assert fault_of(packet(*SOURCE, chunk(16, b"\x1f\x8b"))) is HepFault.COMPRESSED


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda chunks: packet(chunks)))
def test_any_bytes_are_read_or_raise_the_one_error(data: bytes) -> None:
    try:
        parse_packet(data)
    except HepError:
        return


@given(st.lists(st.tuples(st.integers(0, 20), st.binary(max_size=20), st.sampled_from([0, 0, 0, 9])), max_size=8))
def test_any_chunks_are_read_or_raise_the_one_error(chunks: list[tuple[int, bytes, int]]) -> None:
    try:
        parse_packet(packet(*(chunk(kind, value, vendor=vendor) for kind, value, vendor in chunks)))
    except HepError:
        return


@given(st.integers(0, len(SOUND) - 1), st.integers(0, 255))
def test_a_damaged_octet_is_read_or_raises_the_one_error(position: int, octet: int) -> None:
    try:
        parse_packet(SOUND[:position] + bytes([octet]) + SOUND[position + 1 :])
    except HepError:
        return
