from ipaddress import ip_network
from pathlib import Path

import pytest

from autoprov.installation import initialise
from autoprov.settings.error import SettingsError
from autoprov.settings.file import load_settings
from autoprov.settings.hep import hep_contradictions, read_hep
from autoprov.settings.reader import TableReader
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings


def read(values: dict[str, object]) -> tuple[HepSettings | None, list[str]]:
    problems: list[str] = []
    table = TableReader("hep", values, problems)
    settings = read_hep(table, key=None)
    table.finish()
    return settings, problems + ([] if settings is None else hep_contradictions(settings))


def installation(folder: Path, *, added: str = "", key: str | None = None, mode: int = 0o600) -> Path:
    file = initialise(folder, address="127.0.0.1").settings_file
    file.write_text(file.read_text("utf-8") + added, "utf-8")
    if key is not None:
        (folder / "secrets" / "hep-key").write_text(f"{key}\n", "ascii")
        (folder / "secrets" / "hep-key").chmod(mode)
    return file


def test_by_default_nothing_listens() -> None:
    assert read({}) == (None, [])


def test_an_address_is_enough() -> None:
    settings, problems = read({"listen": "127.0.0.1:9060"})
    assert (settings, problems) == (HepSettings(("127.0.0.1", 9060), HepMode.FILTERED), [])


def test_senders_of_everything_may_be_elsewhere() -> None:
    settings, problems = read(
        {"listen": "0.0.0.0:9060", "mode": "everything", "senders": ["192.0.2.5", "2001:db8::/64"]}
    )
    senders = (ip_network("192.0.2.5/32"), ip_network("2001:db8::/64"))
    assert (settings, problems) == (HepSettings(("0.0.0.0", 9060), HepMode.EVERYTHING, senders), [])


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"mode": "everything"}, "[hep] listen: needed"),
        ({"listen": "9060"}, "[hep] listen: '9060' is not an address"),
        ({"listen": "127.0.0.1:9060", "mode": "all"}, "[hep] mode: 'all' is none of filtered, everything"),
        ({"listen": "0.0.0.0:9060", "senders": ["pbx"]}, "[hep] senders: 'pbx' is not an address"),
        ({"listen": "0.0.0.0:9060", "senders": ["192.0.2.5/24"]}, "[hep] senders: '192.0.2.5/24' is not an address"),
        ({"listen": "127.0.0.1:9060", "senders": ["192.0.2.5"]}, "nobody but this machine reaches 127.0.0.1"),
        ({"listen": "localhost:9060", "senders": ["192.0.2.5"]}, "nobody but this machine reaches localhost"),
        ({"listen": "127.0.0.1:9060", "key": "x"}, "[hep] key: no such key"),
    ],
)
def test_what_is_wrong_is_named(values: dict[str, object], problem: str) -> None:
    _, problems = read(values)
    assert len(problems) == 1
    assert problem in problems[0]


def test_the_key_is_a_secret_beside_the_settings(tmp_path: Path) -> None:
    file = installation(tmp_path, added='\n[hep]\nlisten = "127.0.0.1:9060"\n', key="between us")
    assert load_settings(file).hep == HepSettings(("127.0.0.1", 9060), HepMode.FILTERED, key=b"between us")


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="hep-key: others may read it"):
        load_settings(installation(tmp_path, key="between us", mode=0o644))


def test_the_template_starts_nothing(tmp_path: Path) -> None:
    assert load_settings(installation(tmp_path)).hep is None
