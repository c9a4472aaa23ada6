import tomllib
from pathlib import Path

import pytest

from autoprov.settings.access import (
    PRIVATE_NETWORKS,
    AccessSettings,
    PilotSettings,
    access_contradictions,
    read_access,
)
from autoprov.settings.reader import TableReader
from autoprov_phones.mac import MacAddress

BASE = Path("/etc/autoprov")
NOW = 1_800_000_000.0
MAC = MacAddress("0004f2abcdef")


def read(toml: str) -> tuple[AccessSettings, list[str]]:
    problems: list[str] = []
    table = TableReader("access", tomllib.loads(toml), problems)
    settings = read_access(table, BASE)
    table.finish()
    return settings, problems + access_contradictions(settings)


def test_by_default_private_networks_may_ask_and_every_phone_is_discovered() -> None:
    settings, problems = read("")
    assert problems == []
    assert settings.networks == PRIVATE_NETWORKS
    assert (settings.trusted_proxies, settings.discovery, settings.pilot) == ((), "open", None)
    assert (settings.requests_per_minute, settings.macs_per_hour) == (600, 50)
    assert (settings.certificates, settings.certificate_ca) == ("off", "")


def test_private_is_a_word_for_the_private_networks_and_others_may_stand_beside_it() -> None:
    settings, problems = read(
        'networks = ["203.0.113.0/24", "private", "10.0.0.0/8", "2001:DB8:0::/48", "198.51.100.7"]'
    )
    assert problems == []
    assert settings.networks == ("203.0.113.0/24", *PRIVATE_NETWORKS, "2001:db8::/48", "198.51.100.7/32")


@pytest.mark.parametrize(
    ("address", "may_ask"),
    [
        ("10.255.255.254", True),
        ("172.15.255.254", False),
        ("172.16.0.1", True),
        ("172.31.255.254", True),
        ("172.32.0.1", False),
        ("192.168.255.254", True),
        ("192.169.0.1", False),
        ("169.254.7.7", True),
        ("fd12:3456::1", True),
        ("fe80::1", True),
        ("2001:db8::1", False),
        ("::1", True),
        ("8.8.8.8", False),
    ],
)
def test_private_is_what_rfc_1918_and_4193_say(address: str, may_ask: bool, tmp_path: Path) -> None:
    settings, _ = read("")
    assert (settings.rules(tmp_path).admit(address, MAC, now=NOW) is not None) is may_ask


def test_networks_replace_the_private_ones() -> None:
    settings, _ = read('networks = ["192.168.7.0/24"]')
    assert settings.networks == ("192.168.7.0/24",)


def test_a_pilot_names_phones_makers_or_networks_as_people_spell_them() -> None:
    settings, problems = read(
        'pilot_macs = ["00:04:F2:AB:CD:EF"]\npilot_ouis = ["64:16:7F", "0004f2"]\npilot_networks = ["192.168.7.0/24"]'
    )
    assert problems == []
    assert settings.pilot == PilotSettings(("0004f2abcdef",), ("64167f", "0004f2"), ("192.168.7.0/24",))


def test_a_pilot_whose_last_phone_was_deleted_lets_nobody_in() -> None:
    settings, problems = read("pilot_macs = []")
    assert problems == []
    assert settings.pilot is not None
    assert settings.pilot.is_empty
    assert not settings.rules(BASE).discovers(MAC, "192.168.7.21", now=NOW)


def test_the_certificates_file_stands_beside_the_settings() -> None:
    settings, problems = read('certificates = "expired-too"\ncertificate_ca = "polycom-ca.pem"')
    assert (settings.certificate_ca, problems) == ("/etc/autoprov/polycom-ca.pem", [])


def test_the_rules_are_those_of_the_settings(tmp_path: Path) -> None:
    settings, _ = read(
        'networks = ["192.168.7.0/24"]\ntrusted_proxies = ["127.0.0.1"]\n'
        'discovery = "closed"\nrequests_per_minute = 1\n'
    )
    rules = settings.rules(tmp_path)
    assert rules.client_address("127.0.0.1", "192.168.7.21") == "192.168.7.21"
    assert rules.admit("10.0.0.1", MAC, now=NOW) is None
    admissions = [rules.admit("192.168.7.21", MAC, now=NOW) for _ in range(2)]
    assert [admission and admission.retry_after for admission in admissions] == [0, 60]
    assert not rules.discovers(MAC, "192.168.7.21", now=NOW)
    assert {path.name for path in tmp_path.iterdir()} == {"rates"}


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("networks = []", "[access] networks: nobody could ask"),
        ('networks = "private"', "[access] networks: 'private' is not a list of strings"),
        ('networks = ["lan"]', "[access] networks: 'lan' is not a network such as"),
        ('networks = ["10.0.0.0/33"]', "[access] networks: '10.0.0.0/33' is not a network such as"),
        (
            'networks = ["192.168.7.1/24"]',
            "[access] networks: '192.168.7.1/24' is an address in 192.168.7.0/24: write 192.168.7.0/24, or 192.168.7.1",
        ),
        ('networks = ["::ffff:10.0.0.0/104"]', "[access] networks: '::ffff:10.0.0.0/104' is an IPv4 network"),
        ('networks = ["fe80::1%eth0"]', "[access] networks: 'fe80::1%eth0' is not a network"),
        ('trusted_proxies = ["proxy.example.org"]', "[access] trusted_proxies: 'proxy.example.org' is not a network"),
        ('trusted_proxies = ["private"]', "[access] trusted_proxies: 'private' is not a network"),
        ('discovery = "shut"', "[access] discovery: 'shut' is none of open, scheduled, closed"),
        ('discovery = "scheduled"', "[access] discovery: scheduled needs a schedule"),
        ('schedule = ["always"]', "[access] schedule: 'always' is not like 'Mon-Fri 08:00-18:00'"),
        ('schedule = ["Monday 08:00-18:00"]', "[access] schedule: 'Monday' is no day"),
        ('pilot_macs = ["0004f2"]', "[access] pilot_macs: not 12 lower-case hex digits"),
        ('pilot_ouis = ["0004f"]', "[access] pilot_ouis: '0004f' is not the first six digits"),
        ("requests_per_minute = 0", "[access] requests_per_minute: 0 is not a whole number"),
        ("macs_per_hour = 10001", "[access] macs_per_hour: 10001 is not a whole number"),
        ('certificates = "on"', "[access] certificates: 'on' is none of off, valid, expired-too"),
        ('certificates = "valid"', "[access] certificates: needs certificate_ca"),
        ("network = []", "[access] network: no such key"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_key_and_reason(toml: str, problem: str) -> None:
    _, problems = read(toml)
    assert [problem in told for told in problems] == [True]


def test_all_problems_are_told_at_once() -> None:
    _, problems = read('networks = ["a", "b"]\nschedule = ["c"]\npilot_ouis = ["d"]\ndiscovery = "e"')
    assert len(problems) == 5
