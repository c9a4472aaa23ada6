from datetime import UTC, datetime, timedelta

from registrar_plugin.expiring_map import ExpiringMap

NOW = datetime(2026, 5, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_value_is_held_for_its_life() -> None:
    values = ExpiringMap[str, int](life=2 * SECOND, limit=10)
    values.set("a", 1, now=NOW)
    assert values.get("a", now=NOW + SECOND) == 1
    assert values.get("a", now=NOW + 2 * SECOND) is None
    assert values.get("b", now=NOW) is None


def test_setting_again_begins_a_new_life() -> None:
    values = ExpiringMap[str, int](life=2 * SECOND, limit=10)
    values.set("a", 1, now=NOW)
    values.set("a", 2, now=NOW + SECOND)
    assert values.get("a", now=NOW + 2 * SECOND) == 2


def test_what_is_dead_takes_no_room() -> None:
    values = ExpiringMap[int, int](life=SECOND, limit=1000)
    for number in range(100):
        values.set(number, number, now=NOW + number * SECOND)
    assert len(values) == 1


def test_the_oldest_makes_room() -> None:
    values = ExpiringMap[str, int](life=SECOND, limit=2)
    for name in ("a", "b", "a", "c"):
        values.set(name, 1, now=NOW)
    assert values.get("b", now=NOW) is None
    assert (values.get("a", now=NOW), values.get("c", now=NOW)) == (1, 1)


def test_a_discarded_value_is_gone() -> None:
    values = ExpiringMap[str, int](life=SECOND, limit=2)
    values.set("a", 1, now=NOW)
    values.discard("a")
    values.discard("a")
    assert values.get("a", now=NOW) is None
