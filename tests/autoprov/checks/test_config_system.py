from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoprov.checks.config_system import check_config_system
from autoprov.checks.finding import Finding, Level
from sipxconfig_server.era import Era
from tests.autoprov.commanding import installation

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Check = Callable[..., list[Finding]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    def checked(era: Era, *, known_phones: str = "") -> list[Finding]:
        with installation(tmp_path, era=era, more=known_phones) as here:
            return list(check_config_system(here.settings, running=False, now=NOW))

    return checked


@pytest.mark.parametrize("era", [Era.A, Era.B, Era.C])
def test_an_old_generation_answers_and_says_what_it_speaks(check: Check, era: Era) -> None:
    answers, vouches = check(era)
    assert (answers.level, "speaks the old REST (before 14.10)" in answers.what) == (Level.OK, True)
    assert ("takes no version" in answers.what) is (era is not Era.C)
    assert (vouches.level, "[known_phones]" in vouches.mend) == (Level.WARNING, True)


def test_who_vouches_is_tried(check: Check, tmp_path: Path) -> None:
    known_phones = f'\n[known_phones]\ntftproot = "{tmp_path / "root"}"\n'
    (tmp_path / "root").mkdir()
    assert check(Era.B, known_phones=known_phones)[-1].level is Level.WRONG
    (tmp_path / "root" / "0004f2abcdef.cfg").touch()
    (tmp_path / "site" / "autoprov.toml").unlink()
    found = check(Era.B, known_phones=known_phones)[-1]
    assert (found.level, "names 1 phones" in found.what) == (Level.OK, True)


def test_todays_generation_says_how_many_models_it_knows(check: Check) -> None:
    (found,) = check(Era.D)
    assert (found.level, "knows 165 models" in found.what) == (Level.OK, True)
