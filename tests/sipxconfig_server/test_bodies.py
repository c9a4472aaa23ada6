import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipxconfig_server.bodies import LineBody, ModelBody, PhoneBody, read_line, read_phone
from sipxconfig_server.failures import ApiError

JSON = "application/json"
LABELS = st.sampled_from([JSON, "application/json; charset=UTF-8", "application/xml", "text/xml", "text/plain", ""])
FIELDS = st.sampled_from(["serialNo", "description", "model", "modelId", "user", "lines"])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(FIELDS, inner),
    max_leaves=10,
)


@given(body=st.binary() | TREES.map(lambda tree: json.dumps(tree).encode()), label=LABELS)
def test_any_body_is_read_or_refused_in_sipxconfigs_words(body: bytes, label: str) -> None:
    with suppress(ApiError):
        read_phone(body, content_type=label)
    with suppress(ApiError):
        read_line(body, content_type=label)


def test_numbers_and_truth_values_become_texts() -> None:
    body = b'{"serialNo":12,"deviceVersion":true,"description":1.5,"model":{"modelId":7},"id":5,"lines":[1]}'
    assert read_phone(body, content_type=JSON) == PhoneBody("12", "true", "1.5", ModelBody("7"))


def test_a_lines_password_does_not_show_in_its_representation() -> None:
    line = read_line(b'{"userId":"ext1","password":"secret"}', content_type=JSON)
    assert line == LineBody(None, "ext1", None, "secret", None, None)
    assert "secret" not in repr(line)


@pytest.mark.parametrize("label", ["application/xml", "text/xml; charset=UTF-8"])
def test_xml_says_the_same_as_json(label: str) -> None:
    body = b"<Phone><serialNo>a</serialNo><Model><modelId>b</modelId><odd>c</odd></Model><Lines><Line/></Lines></Phone>"
    assert read_phone(body, content_type=label) == PhoneBody("a", None, None, ModelBody("b"))
