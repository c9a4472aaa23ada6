import io
import logging
from collections.abc import Generator

import pytest

from autoprov.logs import MAX_FACT, set_up_logs


@pytest.fixture
def log() -> Generator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logs(level=logging.INFO, stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def test_facts_follow_the_message_so_that_one_phones_story_can_be_grepped(log: io.StringIO) -> None:
    logging.getLogger("autoprov.test").info("phone created", extra={"mac": "0004f2abcdef", "model": "VVX 410"})
    assert log.getvalue().endswith('INFO autoprov.test: phone created mac=0004f2abcdef model="VVX 410"\n')


def test_a_phones_text_cannot_forge_a_line_or_move_the_cursor(log: io.StringIO) -> None:
    logging.getLogger("autoprov.test").warning("odd", extra={"user_agent": 'x" \r\n2026 ERROR forged \x1b[2J'})
    assert log.getvalue().count("\n") == 1
    assert "\x1b" not in log.getvalue()
    assert '\\" \\r\\n' in log.getvalue()


def test_a_librarys_message_cannot_forge_a_line_either(log: io.StringIO) -> None:
    logging.getLogger("library").warning("Exception on %s [GET]", "/x\n2026-01-01 ERROR fake: injected")
    assert log.getvalue().count("\n") == 1


def test_a_long_fact_is_cut(log: io.StringIO) -> None:
    logging.getLogger("autoprov.test").warning("odd", extra={"user_agent": "x" * 10_000})
    assert len(log.getvalue()) < MAX_FACT + 200
