"""How long a registrar waits for ``RegistrarHook.take_action``: p50 and p99 of single calls, in four conditions.

The peer is what people write into a registrar instead: one SQLite transaction in the call (WAL, synchronous=normal).
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.store import PhoneQueue
from bench.figures import Figure, percentile, print_figures
from bench.installation import KEY, USER, phone_tags
from registrar_plugin.hook import RegistrarHook
from registrar_plugin.registration import AcceptedRegistration

_CALLS = 4000
_PAUSE = 0.0005
"""Seconds between two calls: as if some fifteen hundred phones registered in a second."""
_MAILBOX = 10_000


def measure() -> list[Figure]:
    """Microseconds, percentiles over all calls of a condition."""
    strangers = [_registration(tag) for tag in phone_tags(_CALLS)]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        peer = _sqlite_in_the_call(folder / "peer.db", strangers)
        conditions = {
            "queue idle": _idle(folder / "idle.db", strangers),
            "queue busy": _busy(folder / "busy.db", strangers),
            "queue locked by another": _locked(folder / "locked.db", strangers),
            "mailbox full": _full(strangers),
        }
    return [
        Figure(
            f"take_action p{percent}, {condition}",
            f"{percentile(own, percent):.1f} us",
            f"SQLite in the call {percentile(peer, percent):.0f} us",
            percentile(own, percent) / percentile(peer, percent),
        )
        for condition, own in conditions.items()
        for percent in (50, 99)
    ]


def _idle(database: Path, strangers: Sequence[AcceptedRegistration]) -> list[float]:
    """Every call is the refresh of a known phone: there is nothing to write."""
    with _queue(database) as queue, _hook(queue.put) as hook:
        hook.take_action(strangers[0])
        time.sleep(1)
        return _microseconds(hook.take_action, [strangers[0]] * _CALLS)


def _busy(database: Path, strangers: Sequence[AcceptedRegistration]) -> list[float]:
    """Every call is a stranger: the hook's thread commits all the time."""
    with _queue(database) as queue, _hook(queue.put) as hook:
        return _microseconds(hook.take_action, strangers)


def _locked(database: Path, strangers: Sequence[AcceptedRegistration]) -> list[float]:
    """Another connection holds the write lock all the time."""
    with _queue(database) as queue, _hook(queue.put) as hook, closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN IMMEDIATE")
        taken = _microseconds(hook.take_action, strangers)
        other.rollback()
        return taken


def _full(strangers: Sequence[AcceptedRegistration]) -> list[float]:
    """Nobody empties the mailbox: each call loses its registration."""
    hook = _new_hook(lambda _: None)
    for number in range(_MAILBOX):
        hook.take_action(strangers[number % _CALLS])
    return _microseconds(hook.take_action, strangers)


def _sqlite_in_the_call(database: Path, strangers: Sequence[AcceptedRegistration]) -> list[float]:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("CREATE TABLE phones (shown PRIMARY KEY, user_agent, seen_at)")

        def write(registration: AcceptedRegistration) -> None:
            row = (registration.display_name, registration.user_agent, registration.received_at.timestamp())
            connection.execute("INSERT OR REPLACE INTO phones VALUES (?, ?, ?)", row)

        return _microseconds(write, strangers)


def _microseconds(
    call: Callable[[AcceptedRegistration], None], registrations: Sequence[AcceptedRegistration]
) -> list[float]:
    taken: list[float] = []
    for registration in registrations:
        start = time.perf_counter_ns()
        call(registration)
        taken.append((time.perf_counter_ns() - start) / 1000)
        time.sleep(_PAUSE)
    return taken


@contextmanager
def _queue(database: Path) -> Generator[PhoneQueue]:
    with closing(PhoneQueue(f"sqlite:///{database}", clock=lambda: datetime.now(UTC))) as queue:
        yield queue


@contextmanager
def _hook(hand_over: Callable[[Sequence[DetectedPhone]], None]) -> Generator[RegistrarHook]:
    hook = _new_hook(hand_over)
    hook.start()
    try:
        yield hook
    finally:
        hook.stop()


def _new_hook(hand_over: Callable[[Sequence[DetectedPhone]], None]) -> RegistrarHook:
    return RegistrarHook(
        autoprovision_user=USER,
        key=KEY,
        hand_over=hand_over,
        retry_on=(QueueUnavailable,),
        saw=lambda _: None,
        mailbox_size=_MAILBOX,
    )


def _registration(tag: str) -> AcceptedRegistration:
    return AcceptedRegistration(
        address_of_record=f"sip:{USER}@pbx.example.com",
        user=USER,
        display_name=tag,
        contact_host="192.0.2.31",
        contact_count=1,
        expires=timedelta(minutes=5),
        is_query=False,
        user_agent="PolycomVVX-VVX_350-UA/5.9.5.0614",
        call_id=f"{tag}@192.0.2.31",
        source=("192.0.2.31", 5060),
        received_at=datetime.now(UTC),
    )


if __name__ == "__main__":
    print_figures("The hook", measure())
