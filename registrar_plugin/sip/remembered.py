"""A memory for parsers of values that come again and again: a phone's From, To and Contact stay as they are."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

_Value = TypeVar("_Value")

_LONGEST_TEXT = 300
"""Longer than any captured From, To or Contact; thousands of long ones would add up."""


def remembered(*, texts: int) -> Callable[[Callable[[str], _Value]], Callable[[str], _Value]]:
    """A decorator for a pure parser, which keeps its answers to *texts* texts at hand, but no errors.

    When the memory is full it is emptied: an ``lru_cache`` takes longer to learn a text than most parsers to read it.
    """

    def with_memory(parse: Callable[[str], _Value]) -> Callable[[str], _Value]:
        known: dict[str, tuple[_Value]] = {}

        @wraps(parse)
        def parse_or_remember(text: str) -> _Value:
            found = known.get(text)
            if found is not None:
                return found[0]
            value = parse(text)
            if len(text) <= _LONGEST_TEXT:
                if len(known) >= texts:
                    known.clear()
                known[text] = (value,)
            return value

        return parse_or_remember

    return with_memory
