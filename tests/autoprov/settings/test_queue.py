from datetime import timedelta
from pathlib import Path

import pytest

from autoprov.settings.queue import QueueSettings, read_queue
from autoprov.settings.reader import TableReader

STATE = Path("/var/lib/autoprov")


def read(**values: object) -> tuple[QueueSettings, list[str]]:
    problems: list[str] = []
    table = TableReader("queue", values, problems)
    settings = read_queue(table)
    table.finish()
    return settings, problems


def test_without_settings_the_queue_is_a_file_in_the_state_directory() -> None:
    settings, problems = read()
    assert (settings.lease, problems) == (timedelta(minutes=5), [])
    assert settings.address(STATE, None) == "sqlite:////var/lib/autoprov/queue.sqlite"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://autoprov@db.example.org/autoprov",
        "postgresql://autoprov@[2001:db8::7]:5433/autoprov",
        "postgresql://autoprov@/autoprov?host=/run/postgresql",
    ],
)
def test_a_server_is_named_without_its_password(url: str) -> None:
    settings, problems = read(url=url)
    assert (settings.url, problems) == (url, [])


def test_the_password_joins_the_address_with_what_needs_escaping() -> None:
    settings, _ = read(url="postgresql://autoprov@db.example.org/autoprov")
    assert settings.address(STATE, "p@ss/word") == "postgresql://autoprov:p%40ss%2Fword@db.example.org/autoprov"


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    settings, [problem] = read(url="postgresql://autoprov:hush@db.example.org/autoprov")
    assert "secrets/queue-password" in problem
    assert "hush" not in problem
    assert settings.url == ""


@pytest.mark.parametrize("url", ["mysql://a@b/c", "db.example.org", "postgresql://db.example.org/autoprov", 7])
def test_what_is_no_such_address_is_a_problem(url: object) -> None:
    _, problems = read(url=url)
    assert len(problems) == 1


@pytest.mark.parametrize("lease", ["0s", "31m", "1d", "soon"])
def test_a_lease_that_is_none_is_a_problem(lease: str) -> None:
    _, problems = read(lease=lease)
    assert len(problems) == 1
