from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.sip.nonce import is_nonce_alive, issue_nonce

KEY = b"k" * 32
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LIFE = timedelta(minutes=5)


def test_a_nonce_lives_as_long_as_it_should() -> None:
    nonce = issue_nonce(key=KEY, serial=1, now=NOW)
    assert is_nonce_alive(nonce, key=KEY, life=LIFE, now=NOW)
    assert is_nonce_alive(nonce, key=KEY, life=LIFE, now=NOW + LIFE)
    assert not is_nonce_alive(nonce, key=KEY, life=LIFE, now=NOW + LIFE + timedelta(seconds=2))
    assert not is_nonce_alive(nonce, key=KEY, life=LIFE, now=NOW - timedelta(seconds=2))


def test_nonces_of_one_moment_differ() -> None:
    assert issue_nonce(key=KEY, serial=1, now=NOW) != issue_nonce(key=KEY, serial=2, now=NOW)


@pytest.mark.parametrize("position", range(52))
def test_a_changed_nonce_is_not_ours(position: int) -> None:
    nonce = issue_nonce(key=KEY, serial=1, now=NOW)
    changed = nonce[:position] + ("0" if nonce[position] != "0" else "1") + nonce[position + 1 :]
    assert not is_nonce_alive(changed, key=KEY, life=LIFE, now=NOW)


@given(st.text())
def test_any_text_is_a_dead_nonce(text: str) -> None:
    assert not is_nonce_alive(text, key=KEY, life=LIFE, now=NOW)
