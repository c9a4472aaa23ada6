import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_document import write_document


def test_a_document_declares_itself_as_deployed_servers_do() -> None:
    written = write_document("APPLICATION", {"A": "1"}, {})
    assert written == b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<APPLICATION A="1"/>\n'


def test_groups_become_child_elements_in_their_order() -> None:
    written = write_document("polycomConfig", {}, {"reg": {"reg.1.address": "200"}, "msg": {"msg.mwi.1.subscribe": ""}})
    root = etree.fromstring(written)
    assert [(child.tag, dict(child.attrib)) for child in root] == [
        ("reg", {"reg.1.address": "200"}),
        ("msg", {"msg.mwi.1.subscribe": ""}),
    ]


def test_a_group_may_lie_deeper_and_shares_the_elements_on_its_way() -> None:
    written = write_document("phone1", {}, {"msg": {"a.b": "1"}, "msg/mwi": {"a.c": "2"}, "msg/other": {}})
    assert written.endswith(b'<msg a.b="1">\n    <mwi a.c="2"/>\n    <other/>\n  </msg>\n</phone1>\n')


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"])))
def test_any_printable_value_comes_back(value: str) -> None:
    (reg,) = etree.fromstring(write_document("polycomConfig", {}, {"reg": {"reg.1.auth.password": value}}))
    assert reg.get("reg.1.auth.password") == value


@given(st.text(), st.characters(categories=["Cc", "Cs", "Zl", "Zp"]) | st.sampled_from("\ufffe\uffff"))
def test_what_xml_cannot_hold_or_one_line_cannot_show_is_refused_unquoted(value: str, character: str) -> None:
    with pytest.raises(PhoneFileError) as caught:
        write_document("polycomConfig", {}, {"reg": {"reg.1.auth.password": value + character}})
    assert str(caught.value) == "reg.1.auth.password holds a character that a phone file cannot carry"
