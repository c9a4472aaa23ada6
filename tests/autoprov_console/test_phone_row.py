from datetime import UTC, datetime, timedelta

from autoprov_console.phone_row import PhoneRow, phone_row
from autoprov_phones.description import Description
from autoprov_phones.unique_id import UniqueId
from sipxconfig_client.values import Line, Phone

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OURS = Description(UniqueId("KTM4PX"), "10.1.2.31", "5.9.5.0614").text


def row(
    *,
    serial_number: str = "0004f2abcdef",
    version: str | None = "polycom4.0.X",
    description: str = OURS,
    lines: tuple[Line, ...] = (),
    last_seen: datetime | None = None,
) -> PhoneRow:
    phone = Phone(1000, serial_number, "polycom335", "Polycom SoundPoint IP 335", version, description, lines)
    return phone_row(phone, last_seen=last_seen, is_id_doubled=False, now=NOW)


def test_the_facts_of_our_own_description_have_columns() -> None:
    shown = row()
    assert (shown.unique_id, shown.contact_host, shown.firmware) == ("KTM4PX", "10.1.2.31", "5.9.5.0614")
    assert shown.description == "Auto-provisioned"


def test_any_other_description_is_shown_as_it_is() -> None:
    shown = row(description=OURS + "and a note")
    assert (shown.unique_id, shown.contact_host, shown.firmware) == ("", "", "")
    assert "KTM4PX" in shown.description
    assert "and a note" in shown.description


def test_the_model_stands_with_its_version_as_sipxconfig_writes_it() -> None:
    assert row().model == "Polycom SoundPoint IP 335 v4.0.X"
    assert row(version="polycom5.4.0_RP").model == "Polycom SoundPoint IP 335 v5.4.0_RP"
    assert row(version=None).model == "Polycom SoundPoint IP 335"


def test_a_line_is_called_after_its_user_or_its_account() -> None:
    internal = Line("201", "Ada", "secret", "pbx.example.org", None, "ada")
    external = Line("4711", "Desk", "secret", "sip.example.net", 5060, None)
    assert row(lines=(internal, external)).lines == ("ada", "4711")


def test_a_phone_is_fresh_as_long_as_a_registration_lasts() -> None:
    assert row(last_seen=NOW - timedelta(minutes=5)).is_fresh
    assert not row(last_seen=NOW - timedelta(minutes=5, seconds=1)).is_fresh
    assert not row(last_seen=None).is_fresh


def test_a_phone_before_firmware_3_3_has_to_be_let_in() -> None:
    old = Description(UniqueId("KTM4PX"), "10.1.2.31", "3.1.8.0070").text
    assert row(description=old).has_to_be_let_in
    assert not row().has_to_be_let_in
    assert not row(description="Reception, 3.1.8").has_to_be_let_in


def test_only_a_phone_without_a_line_and_with_a_mac_can_be_assigned() -> None:
    assert row().can_be_assigned
    assert not row(serial_number="softphone-ann").can_be_assigned
    assert not row(lines=(Line("201", "", "", "", None, "201"),)).can_be_assigned
