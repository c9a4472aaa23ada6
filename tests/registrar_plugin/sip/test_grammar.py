import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import parse_number, parse_params, quote, readable, split_list, unquote, write_params

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"))
TOKENS = st.text("abcXYZ019-.!%*_+`'~", min_size=1)


@given(TEXT)
def test_quoting_is_undone_by_unquoting(text: str) -> None:
    assert unquote(quote(text)) == text


@given(st.dictionaries(TOKENS.map(str.lower), TEXT.filter(lambda text: text.isprintable())))
def test_parameters_are_read_back_as_written(params: dict[str, str]) -> None:
    assert parse_params(write_params(params)) == params


def test_parameter_names_are_lower_case_and_blanks_may_stand_around_the_signs() -> None:
    assert parse_params(" ; TAG = x;\tlr ;q=0.5  ") == {"tag": "x", "lr": "", "q": "0.5"}


@pytest.mark.parametrize("text", [";", ";;a", ";a=", ";a=b c", ';a="b', ";a=1;A=2", "a=b", ";a==b", ";ä=b"])
def test_malformed_parameters_are_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_params(text)


def test_commas_in_quotes_and_in_brackets_do_not_part_a_list() -> None:
    text = '"a, \\" b" <sip:x,y@h>;methods="INVITE,ACK" , <sip:z@h>'
    assert split_list(text) == ['"a, \\" b" <sip:x,y@h>;methods="INVITE,ACK"', "<sip:z@h>"]


@pytest.mark.parametrize("text", ["", "a,", ",a", "a,,b", 'a "b', "a <b", ";;,;,,"])
def test_lists_with_holes_or_open_ends_are_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        split_list(text)


def test_a_number_of_any_length_is_capped() -> None:
    assert parse_number("0" * 60_000 + "7", ceiling=100) == 7
    assert parse_number("9" * 60_000, ceiling=100) == 100


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1.0", "٣", "²"])
def test_a_number_is_ascii_digits_only(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_number(text, ceiling=100)


def test_bytes_that_are_not_utf_8_are_shown_as_latin_1() -> None:
    assert readable(b"J\xfcrgen".decode("utf-8", "surrogateescape")) == "Jürgen"
    assert readable("Jürgen") == "Jürgen"
