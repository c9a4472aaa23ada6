from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipxconfig_client.errors import Unreachable
from sipxconfig_client.paging import walk
from sipxconfig_client.values import Phone


def phone(phone_id: int) -> Phone:
    return Phone(phone_id, f"{phone_id:012x}", "polycomVVX410", "Polycom VVX 410", None, "", ())


@given(
    ids=st.sets(st.integers(min_value=1000, max_value=1100), max_size=60),
    page_size=st.integers(min_value=2, max_value=9),
    seed=st.integers(),
)
def test_every_phone_that_stays_is_seen_once_while_others_come_and_go(ids: set[int], page_size: int, seed: int) -> None:
    chance = Random(seed)
    there = set(ids)
    deleted: set[int] = set()

    def page_of(start: int, limit: int) -> list[Phone]:
        page = [phone(phone_id) for phone_id in sorted(there)[start : start + limit]]
        for phone_id in [phone_id for phone_id in there if chance.random() < 0.1]:
            there.remove(phone_id)
            deleted.add(phone_id)
        if chance.random() < 0.3:
            there.add(max([*ids, *there, *deleted, 1100]) + 1)
        return page

    # Without an end to the deletions and additions there is no end to the walk either.
    seen = [found.id for _, found in zip(range(500), walk(page_of, page_size=page_size), strict=False)]
    assert seen == sorted(set(seen))
    assert ids - deleted <= set(seen)


def test_a_server_that_ignores_the_page_does_not_keep_the_client_for_ever() -> None:
    rows = [phone(phone_id) for phone_id in range(1, 5)]
    with pytest.raises(Unreachable, match="order"):
        list(walk(lambda _start, _limit: rows, page_size=4))
    assert [found.id for found in walk(lambda _start, _limit: rows, page_size=3)] == [1, 2, 3, 4]


def test_rows_out_of_order_are_no_list_of_phones() -> None:
    with pytest.raises(Unreachable, match="order"):
        list(walk(lambda _start, _limit: [phone(2), phone(1)], page_size=5))


def test_a_page_of_one_cannot_overlap() -> None:
    with pytest.raises(ValueError, match="two"):
        list(walk(lambda _start, _limit: [], page_size=1))
