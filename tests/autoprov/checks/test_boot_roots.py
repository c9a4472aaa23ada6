from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoprov.boot_root.boot_root import plan_write, write_root
from autoprov.boot_root.records import write_records
from autoprov.checks.boot_roots import check_boot_roots
from autoprov.checks.finding import Finding, Level
from autoprov.compile_site import compile_site
from autoprov.demo.site import demo_settings
from autoprov.settings.settings import Settings

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NAME = "000000000000.cfg"
WAZO = b'<APPLICATION CONFIG_FILES="[PHONE_MAC_ADDRESS]-user.cfg, common.cfg, phone1.cfg, sip.cfg"/>\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return demo_settings(tmp_path)


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """A boot root with a file of wazo's, replaced by ours."""
    root = tmp_path / "tftp"
    root.mkdir()
    (root / NAME).write_bytes(WAZO)
    plan = plan_write(root, compile_site(settings, now=NOW).documents["bootstrap"], record=None)
    write_records(settings.state_directory, {root: write_root(plan, now=NOW)})
    return root


def findings(settings: Settings) -> list[Finding]:
    return list(check_boot_roots(settings, now=NOW))


def test_who_never_wrote_into_a_boot_root_hears_nothing_of_them(settings: Settings) -> None:
    assert findings(settings) == []


def test_a_root_as_it_should_be_is_ok(settings: Settings, root: Path) -> None:
    assert findings(settings) == [Finding(Level.OK, f"{root / NAME} is ours and current")]


def test_a_file_that_was_overwritten_is_told_with_whose_it_looks_and_both_ways_out(
    settings: Settings, root: Path
) -> None:
    (root / NAME).unlink()
    (root / NAME).write_bytes(WAZO)
    (finding,) = findings(settings)
    assert finding.level is Level.WRONG
    assert finding.what.startswith(f"{root / NAME} was overwritten (")
    assert f"owner {root.owner()}) by what looks like a file of wazo (wazo-provd)" in finding.what
    assert f"autoprov bootstrap write {root} --replace" in finding.mend
    assert f"autoprov bootstrap remove {root} --force" in finding.mend


def test_a_file_of_earlier_settings_is_pointed_out(settings: Settings, root: Path) -> None:
    moved = replace(settings, phones=replace(settings.phones, url="http://192.0.2.77:8480"))
    what = f"{root / NAME} is ours, but older than the settings"
    assert findings(moved) == [Finding(Level.WARNING, what, f"autoprov bootstrap write {root}")]


def test_a_file_that_is_gone_is_wrong(settings: Settings, root: Path) -> None:
    (root / NAME).unlink()
    (finding,) = findings(settings)
    assert (finding.level, finding.mend) == (Level.WRONG, f"autoprov bootstrap write {root}")
    assert finding.what.startswith(f"{root / NAME} is gone")


def test_a_backup_that_is_gone_is_said_while_somebody_may_still_have_a_copy(settings: Settings, root: Path) -> None:
    (root / f"{NAME}.before-autoprov").unlink()
    assert [finding.level for finding in findings(settings)] == [Level.OK, Level.WARNING]


def test_what_stands_in_its_place_is_named(settings: Settings, root: Path) -> None:
    (root / NAME).unlink()
    (root / NAME).symlink_to("elsewhere.cfg")
    (finding,) = findings(settings)
    assert "is a symbolic link to elsewhere.cfg" in finding.what


def test_damaged_records_are_wrong_and_end_nothing(settings: Settings) -> None:
    (settings.state_directory / "boot-roots.json").write_bytes(b"{")
    (finding,) = findings(settings)
    assert (finding.level, "is damaged: move it away" in finding.mend) == (Level.WRONG, True)
