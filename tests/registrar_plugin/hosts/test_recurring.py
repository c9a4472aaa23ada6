from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.hosts.recurring import Moment, RecurringTrouble

PAUSE = timedelta(seconds=10)


def told(counts: dict[int, int], *, until: int, goes_well: bool = True) -> dict[int, Moment]:
    """What is told at which second, where so often was counted from which second on; looked at each ten seconds.

    Between the troubles it *goes_well*, or nothing comes.
    """
    trouble, found = RecurringTrouble(first_pause=PAUSE), dict[int, Moment]()
    count = 0
    for second in range(0, until + 1, 10):
        count = counts.get(second, count)
        moment = trouble.look(count, went_well=second if goes_well else 0, now=timedelta(seconds=second))
        if moment is not None:
            found[second] = moment
    return found


def test_nothing_is_told_of_nothing() -> None:
    assert told({}, until=600) == {}


def test_trouble_is_told_when_it_begins_and_its_end_after_a_quiet_minute() -> None:
    assert told({30: 5}, until=600) == {30: Moment.TROUBLE, 90: Moment.OVER}


def test_while_it_lasts_it_is_told_less_and_less_often_and_hourly_at_last() -> None:
    lasting = told({second: second + 1 for second in range(0, 30_000, 10)}, until=29_990)
    assert list(lasting)[:6] == [0, 10, 30, 70, 150, 310]
    assert set(lasting.values()) == {Moment.TROUBLE}
    assert len(lasting) < 20
    assert list(lasting)[-1] - list(lasting)[-2] == 3600


def test_what_came_last_is_told_before_its_end() -> None:
    brief = told({second: second + 1 for second in range(0, 110, 10)}, until=600)
    assert brief == {
        **dict.fromkeys((0, 10, 30, 70, 150), Moment.TROUBLE),
        160: Moment.OVER,
    }


def test_after_its_end_it_begins_anew() -> None:
    again = told({0: 1, 300: 2, 310: 3}, until=600)
    assert again == {0: Moment.TROUBLE, 60: Moment.OVER, 300: Moment.TROUBLE, 310: Moment.TROUBLE, 370: Moment.OVER}


def test_that_nothing_comes_at_all_is_no_end_and_what_comes_seldom_is_told_ever_less_often() -> None:
    seldom = told({second: second for second in range(300, 40_000, 300)}, until=40_000, goes_well=False)
    assert set(seldom.values()) == {Moment.TROUBLE}
    assert list(seldom)[:4] == [300, 600, 900, 1200]
    assert list(seldom)[-1] - list(seldom)[-2] == 3600


def test_what_went_well_before_the_trouble_is_no_end_of_it() -> None:
    trouble = RecurringTrouble(first_pause=PAUSE)
    assert trouble.look(1, went_well=7, now=timedelta(0)) is Moment.TROUBLE
    assert trouble.look(1, went_well=7, now=timedelta(hours=1)) is None
    assert trouble.look(1, went_well=8, now=timedelta(hours=2)) is Moment.OVER


def test_at_the_end_of_everything_nothing_is_kept_back() -> None:
    trouble = RecurringTrouble(first_pause=PAUSE)
    assert trouble.look(1, went_well=0, now=timedelta(0)) is Moment.TROUBLE
    assert trouble.look(2, went_well=0, now=timedelta(seconds=1)) is None
    assert trouble.look(2, went_well=0, now=timedelta(seconds=2), is_last=True) is Moment.TROUBLE
    assert trouble.look(2, went_well=0, now=timedelta(seconds=3), is_last=True) is None


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 100)), max_size=50))
def test_whatever_happens_when_no_count_goes_untold(steps: list[tuple[int, int, int]]) -> None:
    trouble, now, count, well, known = RecurringTrouble(first_pause=PAUSE), timedelta(0), 0, 0, 0
    for more, good, seconds in steps:
        count, well, now = count + more, well + good, now + timedelta(seconds=seconds)
        if trouble.look(count, went_well=well, now=now) is Moment.TROUBLE:
            known = count
    if trouble.look(count, went_well=well, now=now, is_last=True) is Moment.TROUBLE:
        known = count
    assert known == count
