from http import HTTPStatus

import pytest

from autoprov_console.outage import Outages, outage
from autoprov_queue.errors import QueueUnavailable
from sipxconfig_client.errors import AccessDenied, NotOffered, Refused, Unreachable


@pytest.mark.parametrize(
    ("error", "status"),
    [(Unreachable("down"), 503), (AccessDenied("401"), 502), (Refused("no"), 502), (QueueUnavailable("locked"), 503)],
)
def test_the_status_says_that_this_is_no_answer(error: Outages, status: int) -> None:
    assert outage(error).status == status
    assert outage(error).reason == str(error)


def test_a_sipxconfig_that_cannot_tell_its_phones_is_no_outage_that_passes() -> None:
    what = outage(NotOffered("this sipXconfig cannot list its phones"))
    assert what.status is HTTPStatus.NOT_IMPLEMENTED
    assert "its own pages" in what.advice
