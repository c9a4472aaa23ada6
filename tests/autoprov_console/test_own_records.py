"""The page over a sipXconfig that lists no phones: what our own queue knows, and no word of what nobody knows."""

from collections.abc import Generator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_queue.entry import EntryState, QueueEntry
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_server.era import Era
from tests.autoprov_console.console_site import NOW, ConsoleSite
from tests.autoprov_queue.values import MAC, OTHER_MAC, detected
from tests.peers.chromium import rendered_page
from tests.peers.config_system import ADMIN, config_system


@pytest.fixture(params=[Era.A, Era.B, Era.C], ids=lambda era: f"era {era.value}")
def console(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[ConsoleSite]:
    with config_system(tmp_path, era=request.param) as system:
        client = SipxconfigClient(system.base_url, credentials=ADMIN, timeout=timedelta(seconds=10))
        with closing(client), ConsoleSite(client, records=[sent(MAC), refused(OTHER_MAC)]).serving() as site:
            yield site


def entry(mac: MacAddress, state: EntryState, answer: str, unique_id: str) -> QueueEntry:
    phone = detected(mac, unique_id=unique_id)
    return QueueEntry(phone, state, 1, phone.seen_at, None, answer, None, 0)


def sent(mac: MacAddress) -> QueueEntry:
    return entry(mac, EntryState.CREATED, "created or known: the old REST took it and is there", "KTM4PX")


def refused(mac: MacAddress) -> QueueEntry:
    return entry(mac, EntryState.REFUSED, "knows no model for <CCX_500>", "CFHJKM")


def test_our_own_records_stand_there_the_newest_first_and_the_page_says_what_they_are(console: ConsoleSite) -> None:
    console.seen[MAC] = NOW - timedelta(minutes=2)
    page = console.get("/")
    assert page.status == 200
    assert page.phones == [str(OTHER_MAC), str(MAC)]
    assert page.text("//p[@role='note']").startswith("These are our own records.")
    assert "does not tell which phones have a line" in page.text("//p[@role='note']")
    assert page.rows[1]["Unique ID"] == "KTM4PX"
    assert (page.rows[1]["Lines"], page.rows[1]["State"], page.rows[1]["Last seen"]) == (
        "not known",
        "sent",
        "2 min ago",
    )
    assert (page.rows[1]["Model"], page.rows[1]["IP"]) == ("VVX 410", "192.168.7.31")
    assert page.rows[0]["State"] == "refused"


def test_nothing_is_called_unassigned_and_nothing_can_be_assigned(console: ConsoleSite) -> None:
    page = console.get("/?filter=unassigned")
    assert page.elements("//details[@class='assign']") == []
    assert page.text("//select/option[@selected]") == "- all -"
    assert len(page.phones) == 2
    answer = console.assign(str(MAC), {"user": "201"})
    assert (answer.status, answer.text("//h1")) == (501, "This sipXconfig takes no lines")


def test_a_search_finds_records_by_id_mac_and_address(console: ConsoleSite) -> None:
    for text in ("KTM4PX", "ktm4", str(MAC)[3:9], "00:04:F2"):
        assert console.get(f"/?filter=search&text={text}").phones == [str(MAC)]
    assert console.get("/?filter=search&text=192.168.7").phones == [str(OTHER_MAC), str(MAC)]
    assert console.get("/?filter=search&text=9999").text("//h2") == "No phone found"


def test_a_queue_that_cannot_be_read_is_said_and_no_empty_table(console: ConsoleSite) -> None:
    console.queue_fails = True
    page = console.get("/")
    assert (page.status, page.text("//h1")) == (503, "Our own records cannot be read")


def test_without_any_record_the_page_says_when_one_comes(console: ConsoleSite) -> None:
    console.records.clear()
    assert console.get("/").text("//h2") == "No phone registered yet"


def test_many_records_have_pages(console: ConsoleSite) -> None:
    console.records[:] = [sent(MacAddress(f"0004f20000{number:02x}")) for number in range(45)]
    assert len(console.get("/?page=3").phones) == 5
    assert console.get("/").text("//nav/span") == "Page 1 of 3"


def test_a_browser_shows_them_and_fetches_them_anew(tmp_path: Path) -> None:
    with config_system(tmp_path, era=Era.B) as system:
        client = SipxconfigClient(system.base_url, credentials=ADMIN)
        with closing(client), ConsoleSite(client, records=[sent(MAC)]).serving() as console:
            console.step = timedelta(seconds=10)
            shown = rendered_page(console.url, after=timedelta(seconds=12))
            assert console.now > NOW + timedelta(seconds=10)  # it asked more than once
    assert "KTM4PX" in shown
    assert "These are our own records." in shown
