from datetime import timedelta

import pytest

from simulated_phone.delta_seconds import read_delta_seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("300", 300), (" 3 (soon)", 3), ("18000;duration=3600", 18000), ("0", 0)]
)
def test_seconds_are_read_without_what_follows(text: str, seconds: int) -> None:
    assert read_delta_seconds(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-1", "²", "1" + "0" * 100, "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_what_is_no_number_of_seconds_is_none(text: str) -> None:
    assert read_delta_seconds(text) is None
