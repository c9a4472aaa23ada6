import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipxconfig_server.old_rest_bodies import OldPhone, read_phones
from sipxconfig_server.old_rest_failures import OldRestError


def read(body: bytes, content_type: str = "text/xml", *, takes_version: bool = True) -> list[OldPhone]:
    return read_phones(body, content_type=content_type, takes_version=takes_version)


@given(st.binary() | st.text().map(str.encode), st.sampled_from(["", "application/json", "text/xml"]))
def test_any_bytes_are_phones_or_our_error(body: bytes, content_type: str) -> None:
    with suppress(OldRestError):
        read(body, content_type)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["phones", "phone", "model", "x"]), inner),
)


@given(json_values)
def test_any_json_is_phones_or_our_error(value: object) -> None:
    with suppress(OldRestError):
        read(json.dumps({"phones": value}).encode(), "application/json")


def test_white_space_counts_and_stray_text_does_not() -> None:
    body = b'<phones> " <phone> " <serialNumber> 1 </serialNumber></phone></phones>'
    assert read(body) == [OldPhone(" 1 ", None, None, None)]


def test_text_round_an_element_in_a_description_is_kept_and_the_element_cut() -> None:
    (phone,) = read(b"<phones><phone><description>a <b>x</b> c<!-- d -->e</description></phone></phones>")
    assert phone.description == "a  ce"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<phones><phone><a/></phone></phones>", "No such field"),
        (b"<phones><phone><model/><m__model/></phone></phones>", "Duplicate field m_model"),
        (b"<phones><x:phone xmlns:x='u'/></phones>", "x:phone : x:phone"),
        (b"   ", "Premature end of file"),
        (b"<phones>", "must start and end within the same entity"),
        (b"<phones><phone><version/></phone></phones>", "PrivatePhone.version"),
    ],
)
def test_what_is_not_phones_is_told_in_xstreams_words(body: bytes, words: str) -> None:
    with pytest.raises(OldRestError) as caught:
        read(body, takes_version=False)
    assert words in caught.value.body


def test_a_document_that_would_grow_without_end_is_refused() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
    body = f'<!DOCTYPE p [<!ENTITY e0 "grow">{entities}]><phones>&e11;</phones>'
    with pytest.raises(OldRestError):
        read(body.encode())
