from autoprov_worker.blame import Blame
from tests.autoprov_queue.values import MAC, OTHER_MAC


def test_failures_between_which_nothing_worked_are_an_outage_and_count_once() -> None:
    blame = Blame()
    assert [blame.failed(MAC), blame.failed(MAC), blame.failed(OTHER_MAC)] == [1, 1, 1]


def test_a_failure_after_something_worked_is_the_phones_own() -> None:
    blame = Blame()
    blame.failed(MAC)
    blame.something_worked()
    assert [blame.failed(MAC), blame.failed(MAC)] == [2, 2]


def test_a_phone_that_got_through_begins_anew() -> None:
    blame = Blame()
    blame.failed(MAC)
    blame.something_worked()
    blame.clear(MAC)
    assert blame.failed(MAC) == 1
