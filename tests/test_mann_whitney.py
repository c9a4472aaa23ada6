from random import Random

import pytest

from tests.mann_whitney import p_value, p_value_of_rounds


def test_a_published_example_comes_out() -> None:
    # Ages at diagnosis of diabetes, the example in the documentation of scipy.stats.mannwhitneyu.
    assert p_value([19, 22, 16, 29, 24], [20, 11, 17, 12]) == pytest.approx(0.11134688653314041)


def test_equal_samples_cannot_be_told_apart() -> None:
    assert p_value([1, 2, 3], [1, 2, 3]) == 1.0
    assert p_value([5.0] * 20, [5.0] * 20) == 1.0


def test_samples_of_one_distribution_are_told_apart_as_often_as_the_level_says() -> None:
    chance = Random(1)
    values = [p_value(*([chance.expovariate(1) for _ in range(50)] for _ in range(2))) for _ in range(1000)]
    assert 30 <= sum(value < 0.05 for value in values) <= 70


def test_a_shift_is_noticed_whichever_sample_is_the_larger() -> None:
    chance = Random(2)
    one = [chance.gauss(0, 1) for _ in range(200)]
    other = [chance.gauss(0.5, 1) for _ in range(200)]
    assert p_value(one, other) == pytest.approx(p_value(other, one))
    assert p_value(one, other) < 0.001


def test_what_recurs_in_each_round_adds_up() -> None:
    chance = Random(3)
    rounds = [
        ([chance.gauss(load, 1) for _ in range(200)], [chance.gauss(load + 0.25, 1) for _ in range(200)])
        for load in (0, 10, 100)
    ]
    assert p_value_of_rounds(rounds) < 0.001
    assert p_value_of_rounds(rounds) < min(p_value(*samples) for samples in rounds)


def test_what_goes_the_other_way_in_the_next_round_does_not() -> None:
    one, other = [float(value) for value in range(50)], [value + 10.5 for value in range(50)]
    assert p_value(one, other) < 0.05
    assert p_value_of_rounds([(one, other), (other, one)]) == 1.0


def test_rounds_of_one_distribution_are_told_apart_as_often_as_the_level_says() -> None:
    chance = Random(4)
    values = [
        p_value_of_rounds(
            [
                ([chance.gauss(load, 1) for _ in range(20)], [chance.gauss(load, 1) for _ in range(20)])
                for load in (0, 9)
            ]
        )
        for _ in range(1000)
    ]
    assert 30 <= sum(value < 0.05 for value in values) <= 70
