"""A dictionary that forgets: bounded in size and in time."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class ExpiringMap(Generic[_Key, _Value]):
    """Holds each value for *life* after it was last set, and never more than *limit*: the oldest goes first."""

    def __init__(self, *, life: timedelta, limit: int) -> None:
        self._life = life
        self._limit = limit
        self._values = OrderedDict[_Key, tuple[datetime, _Value]]()  # a dict is slow to find its oldest

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: _Key, *, now: datetime) -> _Value | None:
        """The value, unless it was never set or is forgotten."""
        entry = self._values.get(key)
        return None if entry is None or entry[0] <= now else entry[1]

    def set(self, key: _Key, value: _Value, *, now: datetime) -> None:
        """Hold *value* from now on, and forget what is due."""
        self._values.pop(key, None)
        self._values[key] = (now + self._life, value)
        while len(self._values) > self._limit or self._oldest_expiry() <= now:
            del self._values[next(iter(self._values))]

    def discard(self, key: _Key) -> None:
        """Forget *key* now."""
        self._values.pop(key, None)

    def _oldest_expiry(self) -> datetime:
        return self._values[next(iter(self._values))][0]
