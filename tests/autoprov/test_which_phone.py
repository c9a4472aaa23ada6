"""Whose ID that is, asked of the queue, the timeline and the config system."""

from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from autoprov.phone_name import SipxecsId
from autoprov.settings.settings import Settings
from autoprov.which_phone import look_for_mac
from autoprov_phones.mac import MacAddress
from autoprov_phones.short_hash import short_hash
from autoprov_phones.unique_id import UniqueId
from autoprov_sightings.log import SightingsLog
from autoprov_web.fetch_log import FetchLog
from autoprov_web.fetch_report import FetchReport
from tests.autoprov.commanding import Installation, installation

MAC, OTHER = MacAddress("0004f2abcdef"), MacAddress("64167f000001")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC).timestamp()
KTM4PX = UniqueId("KTM4PX")


@pytest.fixture
def here(tmp_path: Path) -> Generator[Installation]:
    with installation(tmp_path) as made:
        yield made


def fetched(mac: MacAddress, unique_id: str, settings: Settings) -> None:
    """The phone was given its registration file, which shows this ID."""
    name = f"{mac}-registration.cfg"
    with closing(SightingsLog(settings.sightings_file)) as log:
        log.start()
        FetchLog(log.saw).note(
            FetchReport(NOON, address="", mac=str(mac), name=name, status=200, verdict="", unique_id=unique_id)
        )


def test_a_phone_that_registered_is_found_though_the_config_system_is_down(tmp_path: Path) -> None:
    with installation(tmp_path) as here:
        here.has_registered(MAC, unique_id=str(KTM4PX))
    assert look_for_mac(KTM4PX, here.settings) == MAC


def test_a_phone_that_fetched_and_never_registered_is_found_by_what_it_was_given(tmp_path: Path) -> None:
    with installation(tmp_path) as here:
        fetched(OTHER, "KTM4PXX", here.settings)
        fetched(MAC, str(KTM4PX), here.settings)
    assert look_for_mac(KTM4PX, here.settings) == MAC


def test_an_id_in_a_description_is_found_where_we_ourselves_know_none(here: Installation) -> None:
    here.add(MAC, description=f"Auto-provisioned\n  ID: {KTM4PX}\n")
    assert look_for_mac(KTM4PX, here.settings) == MAC


def test_an_id_of_sipxecs_is_that_of_a_phone_without_a_line(here: Installation) -> None:
    here.add(OTHER)
    here.add(MAC)
    assert look_for_mac(SipxecsId(short_hash(MAC)), here.settings) == MAC
    here.add(MacAddress("0004f2000009"), "201")
    with pytest.raises(click.ClickException, match="no phone shows"):
        look_for_mac(SipxecsId(short_hash(MacAddress("0004f2000009"))), here.settings)


def test_two_phones_with_one_id_are_told_by_their_macs(here: Installation) -> None:
    here.has_registered(OTHER, unique_id=str(KTM4PX))
    here.has_registered(MAC, unique_id=str(KTM4PX))
    with pytest.raises(click.ClickException, match=f"{MAC}, {OTHER}: say which by its MAC"):
        look_for_mac(KTM4PX, here.settings)


def test_an_id_that_nobody_shows_says_what_else_to_do(here: Installation) -> None:
    with pytest.raises(click.ClickException, match="say its MAC address, or see: autoprov phones"):
        look_for_mac(KTM4PX, here.settings)


def test_a_config_system_that_cannot_be_asked_is_no_answer(tmp_path: Path) -> None:
    with installation(tmp_path) as here:
        pass
    with pytest.raises(click.ClickException, match=r"cannot be asked: .*; say the phone's MAC address"):
        look_for_mac(KTM4PX, here.settings)
