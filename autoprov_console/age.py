"""How long ago, as people say it."""

from datetime import datetime, timedelta

_STEPS = (
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
    (timedelta(seconds=1), "s"),
)


def age_text(then: datetime, *, now: datetime) -> str:
    """``12 s ago``, ``3 min ago``, ``5 h ago``, ``9 d ago``; ``just now`` below a second or ahead of us."""
    age = now - then
    for step, unit in _STEPS:
        if age >= step:
            return f"{age // step} {unit} ago"
    return "just now"
