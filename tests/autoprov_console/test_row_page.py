from autoprov_console.row_page import row_page


def test_the_last_page_holds_the_rest() -> None:
    page = row_page(range(45), number=3, size=20)
    assert (list(page.rows), page.page_count, page.total) == ([40, 41, 42, 43, 44], 3, 45)
    assert (page.has_previous, page.has_next) == (True, False)


def test_a_full_page_has_no_empty_one_behind_it() -> None:
    page = row_page(range(20), number=1, size=20)
    assert (page.page_count, page.has_previous, page.has_next) == (1, False, False)


def test_a_page_that_is_not_there_is_the_nearest() -> None:
    assert row_page(range(45), number=9, size=20).number == 3
    assert row_page(range(45), number=-9, size=20).number == 1


def test_no_rows_are_one_empty_page() -> None:
    page = row_page(range(0), number=1, size=20)
    assert (list(page.rows), page.number, page.page_count) == ([], 1, 1)
