from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.description import MAX_LENGTH, Description, describe, parse_description
from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.phone_tag import PhoneTag
from autoprov_phones.unique_id import UniqueId
from tests.autoprov_phones.strategies import tags

TAG = PhoneTag.parse("KTM4PX-0004f2abcdef")
TEXT = "Auto-provisioned\n  ID: KTM4PX\n  IP: 192.168.7.31\n  Firmware: 5.9.5.0614\n"
DESCRIPTION = Description(UniqueId("KTM4PX"), "192.168.7.31", "5.9.5.0614")


def phone(tag: PhoneTag = TAG, *, contact_host: str = "192.168.7.31", firmware: str = "5.9.5.0614") -> DetectedPhone:
    software = PhoneSoftware("polycom", "VVX", "VVX_350", firmware)
    return DetectedPhone(tag, software, contact_host, datetime(2026, 3, 1, tzinfo=UTC))


def test_the_superadmin_reads_one_fact_a_line() -> None:
    assert describe(phone()).text == TEXT


def test_a_fact_that_the_phone_did_not_say_is_left_out() -> None:
    assert describe(phone(firmware="")).text == "Auto-provisioned\n  ID: KTM4PX\n  IP: 192.168.7.31\n"


def test_where_a_sipxecs_may_show_its_own_id_both_can_be_found() -> None:
    text = describe(phone(PhoneTag.parse("KTM4PX-0004f200e06b")), on_sipxecs=True).text
    assert text == TEXT.replace("  IP", "  sipXecs ID: HL2\n  IP")
    assert parse_description(text) == replace(DESCRIPTION, sipxecs_id="HL2")


def test_an_ipv6_address_is_written_whole() -> None:
    address = "2001:db8:1111:2222:3333:4444:5555:6666"
    assert parse_description(describe(phone(contact_host=address)).text) == Description(
        UniqueId("KTM4PX"), address, "5.9.5.0614"
    )


@given(tags, st.text(max_size=300), st.text(max_size=300), st.booleans())
def test_what_we_write_reads_back_and_fits(tag: PhoneTag, contact_host: str, firmware: str, on_sipxecs: bool) -> None:
    description = describe(phone(tag, contact_host=contact_host, firmware=firmware), on_sipxecs=on_sipxecs)
    assert parse_description(description.text) == description
    assert len(description.text) <= MAX_LENGTH


@pytest.mark.parametrize(
    "stored",
    [
        TEXT,
        TEXT.replace("\n", "\r\n"),
        TEXT.strip(),
        TEXT.replace("\n", "  \n"),
        f"\n{TEXT}\n\n",
    ],
)
def test_our_text_is_ours_after_forms_and_databases_had_it(stored: str) -> None:
    assert parse_description(stored) == DESCRIPTION


@pytest.mark.parametrize(
    "words",
    [
        None,
        "",
        "Reception",
        "Auto-provisioned",
        "auto-provisioned\n  ID: KTM4PX\n",
        "Auto-provisioned\n  IP: 192.168.7.31\n",
        f"Reception\n{TEXT}",
        f"{TEXT}Reception",
        f"{TEXT}\nfor Ann\n",
        TEXT.replace("KTM4PX", "KTM4PX (Ann)"),
        TEXT.replace("KTM4PX", "ktm4px"),
        TEXT.replace("KTM4PX", "HL2"),
        TEXT.replace("  IP", "  Room: 12\n  IP"),
        TEXT.replace("  IP: 192.168.7.31\n", "") + "  IP: 192.168.7.31\n",
        TEXT + "  IP: 192.168.7.32\n",
        TEXT.replace("\n", " "),
        TEXT + "  sipXecs ID: HL2\n",
        # sipXprovision's own, whose ID has three characters
        "Auto-provisioned\n  ID: HL2\n  Version: 3.2.3.0157\n",
    ],
)
def test_a_persons_words_are_never_taken_for_ours(words: str | None) -> None:
    assert parse_description(words) is None


@given(st.text() | st.text(max_size=30).map(TEXT.__add__))
def test_any_text_is_ours_or_not(text: str) -> None:
    description = parse_description(text)
    assert description is None or parse_description(description.text) == description
