from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from autoprov_web.access import Access
from autoprov_web.rate_table import TOO_MANY_PHONES, TOO_MANY_REQUESTS, Admission

NOW = 1_800_000_000.0
MAC, OTHER = MacAddress("0004f2abcdef"), MacAddress("64167f9f4c90")
INSIDE, OUTSIDE = "192.168.7.21", "203.0.113.9"


def access(directory: Path, *, discovery: str = "open", **limits: int) -> Access:
    return Access(
        directory=str(directory),
        networks=("192.168.0.0/16", "fd00::/8"),
        trusted_proxies=("10.0.0.1/32",),
        discovery=discovery,
        requests_per_minute=limits.get("requests", 600),
        macs_per_hour=limits.get("macs", 50),
    )


def admitted(rules: Access, mac: MacAddress, *, address: str = INSIDE) -> Admission:
    admission = rules.admit(address, mac, now=NOW)
    assert admission is not None
    return admission


def test_who_is_in_our_networks_is_answered_and_discovered(tmp_path: Path) -> None:
    rules = access(tmp_path)
    for address in (INSIDE, f"::ffff:{INSIDE}", "fd00::7"):
        assert admitted(rules, MAC, address=address).retry_after == 0
        assert rules.discovers(MAC, address, now=NOW)
        assert rules.discovers(None, address, now=NOW)


@pytest.mark.parametrize("address", [OUTSIDE, f"::ffff:{OUTSIDE}", "fe80::1", "", "unknown", "192.168.7.021"])
def test_who_is_outside_is_told_nothing_and_leaves_no_trace(tmp_path: Path, address: str) -> None:
    assert access(tmp_path).admit(address, MAC, now=NOW) is None
    assert list(tmp_path.iterdir()) == []


def test_who_asks_too_much_is_told_when_to_come_again_and_why(tmp_path: Path) -> None:
    rules = access(tmp_path, requests=3, macs=1)
    verdicts = [admitted(rules, mac) for mac in (MAC, OTHER, MAC, MAC)]
    assert [verdict.retry_after for verdict in verdicts] == [0, 3600, 0, 20]
    assert [verdict.reason for verdict in verdicts] == ["", TOO_MANY_PHONES, "", TOO_MANY_REQUESTS]


def test_limits_that_do_not_hold_are_said(tmp_path: Path) -> None:
    (tmp_path / "rates").mkdir()
    verdict = admitted(access(tmp_path), MAC)
    assert verdict.retry_after == 0
    assert verdict.trouble == f"{tmp_path / 'rates'}: Is a directory"


def test_the_limits_count_whether_discovery_is_open_or_not(tmp_path: Path) -> None:
    rules = access(tmp_path, discovery="closed", requests=1)
    assert admitted(rules, MAC).retry_after == 0
    assert admitted(rules, MAC).retry_after == 60


def test_a_window_opens_closed_discovery_to_the_pilot_alone(tmp_path: Path) -> None:
    rules = Access(
        directory=str(tmp_path),
        networks=("192.168.0.0/16",),
        discovery="closed",
        has_pilot=True,
        pilot_macs=(str(MAC),),
        requests_per_minute=600,
        macs_per_hour=50,
    )
    assert not rules.discovers(MAC, INSIDE, now=NOW)
    (tmp_path / "window").write_text(f"{NOW + 60:.0f}\n")
    assert rules.discovers(MAC, INSIDE, now=NOW)
    assert not rules.discovers(OTHER, INSIDE, now=NOW)


def test_an_empty_pilot_gives_the_bootstrap_file_to_nobody(tmp_path: Path) -> None:
    rules = Access(
        directory=str(tmp_path), networks=("192.168.0.0/16",), has_pilot=True, requests_per_minute=600, macs_per_hour=50
    )
    assert not rules.discovers(None, INSIDE, now=NOW)


def test_the_client_behind_a_proxy_of_ours_is_who_counts(tmp_path: Path) -> None:
    rules = access(tmp_path)
    assert rules.client_address("10.0.0.1", f"forged, {OUTSIDE}") == OUTSIDE
    assert rules.client_address(INSIDE, OUTSIDE) == INSIDE


def some(*texts: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(texts), max_size=3).map(tuple)


networks = some("10.0.0.0/8", "192.168.7.21/32", "0.0.0.0/0", "::/0", "fd00::/8")
rules_of_any_site = st.builds(
    Access,
    directory=st.just("/nowhere"),
    networks=networks,
    trusted_proxies=networks,
    discovery=st.sampled_from(["open", "scheduled", "closed"]),
    schedule=some("Mon-Fri 08:00-18:00", "Sat 09:00-12:00", "Mon,Tue 22:00-06:00"),
    has_pilot=st.booleans(),
    pilot_macs=some("0004f2abcdef", "64167f9f4c90"),
    pilot_ouis=some("0004f2", "64167f"),
    pilot_networks=networks,
    requests_per_minute=st.integers(1, 10**6),
    macs_per_hour=st.integers(1, 10_000),
)


@given(rules_of_any_site)
def test_the_rules_are_read_as_they_were_written(rules: Access) -> None:
    fields = rules.to_fields()
    assert all(value.isprintable() for value in fields.values())
    assert Access.from_fields(fields, directory="/nowhere").to_fields() == fields


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("networks", "10.0.0.0"),
        ("networks", "10.0.0.0/8 fd00::/8"),
        ("schedule", "never"),
        ("discovery", "ajar"),
        ("pilot_macs", "0004f2abcde"),
        ("requests_per_minute", "0"),
        ("macs_per_hour", "many"),
    ],
)
def test_damaged_rules_are_refused(tmp_path: Path, field: str, value: str) -> None:
    fields = access(tmp_path).to_fields() | {"has_pilot": "yes", field: value}
    with pytest.raises(ValueError, match=r".+"):
        Access.from_fields(fields, directory=str(tmp_path))


def test_rules_with_a_field_missing_are_refused(tmp_path: Path) -> None:
    fields = access(tmp_path).to_fields()
    for name in fields:
        with pytest.raises(KeyError):
            Access.from_fields({key: value for key, value in fields.items() if key != name}, directory=str(tmp_path))
