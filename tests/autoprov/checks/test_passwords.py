from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoprov.checks.finding import Level
from autoprov.checks.passwords import check_passwords
from autoprov.demo.site import demo_settings
from autoprov.settings.settings import Settings

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
END_OF_TODAY = datetime(2026, 12, 2, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return demo_settings(tmp_path)


def with_passwords(
    settings: Settings,
    *,
    share: bool = False,
    shared: str | None = None,
    old: str | None = None,
    until: datetime | None,
) -> Settings:
    return replace(
        settings,
        phones=replace(settings.phones, share_password=share, old_password_until=until),
        secrets=replace(settings.secrets, sip_password=shared, old_sip_password=old),
    )


def warnings(settings: Settings) -> list[str]:
    found = [finding for finding in check_passwords(settings, now=NOW) if finding.level is not Level.OK]
    assert all(finding.mend for finding in found)
    return [finding.what for finding in found]


def test_a_password_for_each_phone_or_a_shared_one_is_nothing_to_warn_of(settings: Settings) -> None:
    assert warnings(settings) == []
    assert warnings(with_passwords(settings, share=True, shared="s3cret", until=None)) == []


def test_the_shared_password_of_an_earlier_version_is_told_with_what_to_do_with_it(settings: Settings) -> None:
    assert warnings(with_passwords(settings, shared="s3cret", until=None)) == [
        "secrets/sip-password is there, and no phone uses it any more"
    ]


@pytest.mark.parametrize(
    ("old", "until", "told"),
    [
        ("s3cret", END_OF_TODAY, "the password in secrets/sip-password.old is accepted too, to the end of 2026-12-01"),
        ("s3cret", NOW, "[phones] old_password_until: 2026-11-30 is over, nothing old is accepted"),
        ("s3cret", None, "secrets/sip-password.old is there, but is not accepted"),
        (None, END_OF_TODAY, "[phones] old_password_until: there is no secrets/sip-password.old"),
        (None, NOW, "[phones] old_password_until: 2026-11-30 is over, nothing old is accepted"),
    ],
)
def test_an_old_password_is_told_until_nothing_is_left_of_it(
    settings: Settings, old: str | None, until: datetime | None, told: str
) -> None:
    (warning,) = warnings(with_passwords(settings, old=old, until=until))
    assert warning.startswith(told)


def test_no_password_is_printed(settings: Settings) -> None:
    shown = with_passwords(settings, share=True, shared="n3w", old="s3cret", until=END_OF_TODAY)
    printed = " ".join(f"{finding.what} {finding.mend}" for finding in check_passwords(shown, now=NOW))
    assert "s3cret" not in printed
    assert "n3w" not in printed
