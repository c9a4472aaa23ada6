"""One page of a long table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class RowPage(Generic[Row]):
    """*number* counts from 1; *total* is the number of rows on all pages."""

    rows: Sequence[Row]
    number: int
    page_count: int
    total: int

    @property
    def has_previous(self) -> bool:
        """Whether a page stands before this one."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        return self.number < self.page_count


def row_page(rows: Sequence[Row], *, number: int, size: int) -> RowPage[Row]:
    """The page with that *number*, or the nearest there is: rows may have gone since the link was made."""
    page_count = max(1, -(-len(rows) // size))
    number = min(max(1, number), page_count)
    return RowPage(rows[(number - 1) * size : number * size], number, page_count, len(rows))
