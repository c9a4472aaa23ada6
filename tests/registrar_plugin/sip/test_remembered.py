import pytest

from registrar_plugin.sip.remembered import remembered


def test_a_text_is_parsed_once() -> None:
    parsed: list[str] = []

    @remembered(texts=8)
    def parse(text: str) -> int:
        parsed.append(text)
        return int(text)

    assert (parse("1"), parse("1"), parse("2")) == (1, 1, 2)
    assert parsed == ["1", "2"]


def test_an_error_is_raised_each_time() -> None:
    parse = remembered(texts=8)(int)
    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            parse("x")


def test_long_texts_are_not_kept() -> None:
    parsed: list[str] = []
    parse = remembered(texts=8)(parsed.append)
    for _ in range(2):
        parse("x" * 301)
    assert len(parsed) == 2


def test_a_full_memory_is_emptied() -> None:
    parsed: list[str] = []
    parse = remembered(texts=2)(parsed.append)
    for text in "abbcca":
        parse(text)
    assert parsed == ["a", "b", "c", "a"]
