"""All phones, page by page, while others create and delete some.

Rows are numbered anew at each request, so a phone deleted in front moves the rest up, past the page's edge. Each page
therefore starts at the last row of the one before; where that row is not in sight any more, the walk steps back.
"""

from collections.abc import Callable, Iterator

from sipxconfig_client.errors import Unreachable
from sipxconfig_client.values import Phone


def walk(
    page_of: Callable[[int, int], list[Phone]], *, page_size: int, start: int = 0, last_id: int = -1
) -> Iterator[Phone]:
    """Each phone once, by ascending id; every phone that is there from the first request to the last is among them.

    *page_of* gets a start row (from 0) and a number of rows, and gives fewer rows at the end alone. An earlier walk
    is taken up again with *last_id*, the last that it showed, and *start*, the row that this one had at most.

    Raises:
        ValueError: *page_size* is below 2, which leaves no room for the overlap.
        Unreachable: from *page_of*, or the rows are not by ascending id.
    """
    if page_size < 2:
        raise ValueError("a page holds at least two phones")
    while True:
        page = page_of(start, page_size)
        ids = [phone.id for phone in page]
        # Row r of a list by ascending id has an id of at least r: this also ends the walk where start is ignored.
        if ids != sorted(set(ids)) or (ids and ids[0] < start):
            raise Unreachable("the config system's list of phones is not in the order of their ids")
        if start > 0 and (not ids or ids[0] > last_id):
            start = max(0, start - page_size)
            continue
        yield from (phone for phone in page if phone.id > last_id)
        if len(page) != page_size:
            return
        last_id = max(last_id, ids[-1])
        start += page_size - 1
