import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_console.assignment import FormError, read_assignment, typed_values
from sipxconfig_client.values import ExternalLine, UserLine

EXTERNAL = {
    "kind": "external",
    "user_id": " 4711 ",
    "display_name": "Ann",
    "password": " hunter2 ",
    "registrar": "sip.example.net ",
    "port": "5062",
}


def test_a_users_line_needs_the_users_name_alone() -> None:
    assert read_assignment({"kind": "user", "user": " 201\t"}) == UserLine("201")
    assert read_assignment({"user": "201"}) == UserLine("201")


def test_another_registrars_line_keeps_the_password_as_typed() -> None:
    assert read_assignment(EXTERNAL) == ExternalLine("4711", "Ann", " hunter2 ", "sip.example.net", 5062)


@pytest.mark.parametrize("field", ["user_id", "password", "registrar"])
def test_what_is_needed_must_be_there(field: str) -> None:
    assert isinstance(read_assignment(EXTERNAL | {field: ""}), FormError)
    assert isinstance(read_assignment({name: value for name, value in EXTERNAL.items() if name != field}), FormError)


@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "5060.0", "²", "٥", "9" * 200])
def test_a_port_is_a_port(port: str) -> None:
    assert isinstance(read_assignment(EXTERNAL | {"port": port}), FormError)


def test_no_field_is_longer_than_the_config_systems_columns() -> None:
    assert isinstance(read_assignment({"kind": "user", "user": "x" * 256}), FormError)


def test_the_password_does_not_come_back() -> None:
    assert " hunter2 " not in typed_values(EXTERNAL).values()
    assert "hunter2" not in repr(read_assignment(EXTERNAL))


@given(st.dictionaries(st.sampled_from([*EXTERNAL, "user"]), st.text()))
def test_whatever_was_sent_there_is_a_line_or_a_reason(form: dict[str, str]) -> None:
    assert isinstance(read_assignment(form), UserLine | ExternalLine | FormError)
