import pytest

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.host import one_address, parse_host, parse_port, write_host_port


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[::ffff:192.0.2.10]", "::ffff:192.0.2.10"),
        ("pbx.example2", "pbx.example2"),
        ("example.com.", "example.com."),
        ("aa_bb.local", "aa_bb.local"),
        ("3510896i0495.invalid", "3510896i0495.invalid"),
    ],
)
def test_a_host_is_read(text: str, host: str) -> None:
    assert parse_host(text) == host


@pytest.mark.parametrize(
    "text", ["1.2.3", "1.2.3.4.5", "42", "a..b", ".a", "-a.b", "a-.b", "[::1::2]", "[1.2.3.4]", "[]", "a" * 256]
)
def test_a_malformed_host_is_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_host(text)


def test_a_port_lies_between_1_and_65535() -> None:
    assert parse_port(None) is None
    assert parse_port("005060") == 5060
    for digits in ("0", "65536", "9" * 5000):
        with pytest.raises(SipSyntaxError):
            parse_port(digits)


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert write_host_port("2001:db8::1", 5070) == "[2001:db8::1]:5070"
    assert write_host_port("pbx.example.com", None) == "pbx.example.com"


@pytest.mark.parametrize("host", ["192.0.2.31", "2001:db8::1", "::ffff:192.0.2.31", "127.0.0.1"])
def test_the_address_of_one_machine_is_one(host: str) -> None:
    assert str(one_address(host)) == host.removeprefix("::ffff:")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "0.0.0.0",
        "::",
        "::ffff:0.0.0.0",
        "224.0.1.75",
        "ff02::1",
        "evil.example",
        "localhost",
        "010.0.0.1",
        "a b>;x=<y",
    ],
)
def test_a_name_is_none_nor_is_what_leads_to_this_machine_or_to_many(host: str) -> None:
    assert one_address(host) is None
