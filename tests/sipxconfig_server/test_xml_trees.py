from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipxconfig_server.xml_trees import XmlError, read_xml, write_xml


def test_an_internal_entity_is_read_as_sipxconfig_reads_it() -> None:
    body = b'<!DOCTYPE Line [<!ENTITY e "E">]><Line><user>&e;</user></Line>'
    assert read_xml(body, root="Line") == {"user": "E"}


def test_no_file_is_read_for_an_external_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    body = f'<!DOCTYPE Line [<!ENTITY e SYSTEM "{secret.as_uri()}">]><Line><user>&e;</user></Line>'
    with pytest.raises(XmlError):
        read_xml(body.encode(), root="Line")
    dtd = f'<!DOCTYPE Line SYSTEM "{secret.as_uri()}"><Line><user>a</user></Line>'
    assert read_xml(dtd.encode(), root="Line") == {"user": "a"}


def test_entities_that_multiply_are_no_xml() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 9))
    body = f'<!DOCTYPE Line [<!ENTITY e0 "boom">{levels}]><Line><user>&e8;</user></Line>'
    with pytest.raises(XmlError):
        read_xml(body.encode(), root="Line")


def test_a_character_that_xml_cannot_hold_does_not_spoil_the_list() -> None:
    assert write_xml("Phone", {"description": "a\x01b\ud800"}).endswith(
        "<Phone><description>a\ufffdb\ufffd</description></Phone>".encode()
    )


@given(st.dictionaries(st.sampled_from(["user", "userId", "password"]), st.text(st.characters(codec="utf-8"))))
def test_what_is_written_reads_back(fields: dict[str, str]) -> None:
    written = write_xml("Line", fields)
    read = read_xml(written, root="Line")
    assert set(read) == set(fields)
    assert write_xml("Line", {name: read[name] for name in fields}) == written


@given(st.binary() | st.text().map(lambda text: f"<Line>{text}</Line>".encode(errors="replace")))
def test_any_body_is_xml_or_our_error(body: bytes) -> None:
    with suppress(XmlError):
        read_xml(body, root="Line")
