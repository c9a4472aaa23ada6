"""A memory for parsers of values that come again and again: a phone's From, To and Contact stay as they are."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_Value = TypeVar("_Value")

_LONGEST_TEXT = 300
"""Longer than any captured From, To or Contact; thousands of long ones would add up."""


def remembered(*, texts: int) -> Callable[[Callable[[str], _Value]], Callable[[str], _Value]]:
    """A decorator for a pure parser, which keeps its answers to the last *texts* texts at hand, but no errors."""

    def with_memory(parse: Callable[[str], _Value]) -> Callable[[str], _Value]:
        parse_once = lru_cache(maxsize=texts)(parse)

        @wraps(parse)
        def parse_or_remember(text: str) -> _Value:
            return parse_once(text) if len(text) <= _LONGEST_TEXT else parse(text)

        return parse_or_remember

    return with_memory
