from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.values import Credentials, ExternalLine, UserLine
from tests.autoprov_console.console_site import NOW, SETTINGS, ConsoleSite
from tests.peers.chromium import rendered_page, screenshot
from tests.peers.config_system import config_system

HERS, HIS, THEIRS, OLD = "0004f2abcdef", "64167f112233", "0004f2e765da", "0004f2060106"


@pytest.fixture
def phones(console: ConsoleSite) -> ConsoleSite:
    """Two phones wait for a line, the third has one; THEIRS is the newest."""
    console.add_phone(HERS, unique_id="KTM4PX", ip="192.168.7.31")
    console.add_phone(HIS, unique_id="V7MVJK", ip="192.168.70.5")
    console.client.add_line(console.add_phone(THEIRS, unique_id="TXTXF9", ip="10.1.2.3"), UserLine("201"))
    return console


def test_the_page_opens_with_the_phones_that_wait_for_a_line(phones: ConsoleSite) -> None:
    page = phones.get()
    assert page.status == 200
    assert page.phones == [HIS, HERS]
    assert page.text("//option[@selected]") == "- unassigned -"
    assert page.text("//h1") == "2 phones unassigned, of 3 in all"


def test_the_page_says_that_phones_without_a_line_reach_no_emergency_number(phones: ConsoleSite) -> None:
    said = "A phone without a line calls nobody, emergency numbers included, unless your PBX lets it."
    assert said in phones.get().texts("//p")


def test_the_filter_is_sipxconfigs(console: ConsoleSite) -> None:
    assert console.get().texts("//select[@name='filter']/option") == ["- all -", "- unassigned -", "- search -"]


def test_a_row_tells_what_the_phone_shows_and_what_it_is(phones: ConsoleSite) -> None:
    phones.seen[MacAddress(HERS)] = NOW - timedelta(seconds=12)
    assert phones.get().rows[1] == {
        "Unique ID": "KTM4PX",
        "Phone": HERS,
        "Lines": "none",
        "Model": "Polycom VVX 410 v5.5.2",
        "Firmware": "5.9.5.0614",
        "IP": "192.168.7.31",
        "Last seen": "12 s ago",
        "Description": "Auto-provisioned",
    }


def test_last_seen_says_the_exact_time_too(phones: ConsoleSite) -> None:
    phones.seen[MacAddress(HERS)] = NOW - timedelta(minutes=3)
    (time,) = phones.get().elements("//time")
    assert time.get("title") == "2026-03-01T11:57:00+00:00"


def test_an_administrators_words_are_shown_as_they_are(console: ConsoleSite) -> None:
    console.add_phone(HERS, description="Reception\nsecond floor")
    (row,) = console.get().rows
    assert (row["Description"], row["Unique ID"], row["IP"], row["Firmware"]) == ("Reception second floor", "–", "", "")


def test_all_shows_the_lines_as_sipxconfig_does(phones: ConsoleSite) -> None:
    external = ExternalLine("+49 30 1234", "Desk", "secret", "sip.example.net", 5060)
    phones.client.add_line(phones.phone(THEIRS).id, external)
    page = phones.get("/?filter=all")
    assert page.phones == [THEIRS, HIS, HERS]
    assert page.texts("//tbody/tr[1]//span[@class='line']") == ["201", "+49 30 1234"]
    assert "secret" not in page.source


@pytest.mark.parametrize("text", ["ktm4px", "KTM4PX-0004f2abcdef", "00:04:F2:AB:CD:EF", "abcd", "192.168.7.3"])
def test_a_search_finds_the_phone(text: str, phones: ConsoleSite) -> None:
    assert phones.get(f"/?filter=search&text={text}").phones == [HERS]


def test_a_search_includes_phones_that_have_a_line(phones: ConsoleSite) -> None:
    assert phones.get("/?filter=search&text=txt").phones == [THEIRS]


def test_only_the_search_has_a_text(phones: ConsoleSite) -> None:
    assert phones.get("/?filter=unassigned&text=TXTXF9").phones == [HIS, HERS]
    assert not phones.get("/?filter=all").elements("//input[@name='text']")
    assert phones.get("/?filter=search&text=x").elements("//input[@name='text'][@value='x']")


def test_an_unknown_filter_is_the_one_the_page_opens_with(phones: ConsoleSite) -> None:
    assert phones.get("/?filter=%00&page=minus").phones == [HIS, HERS]


def test_a_long_list_has_pages_of_twenty(console: ConsoleSite) -> None:
    for number in range(23):
        console.add_phone(f"0004f20000{number:02x}")
    first, second = console.get(), console.get("/?filter=unassigned&page=2")
    assert (len(first.rows), len(second.rows)) == (20, 3)
    assert first.phones[0] == "0004f2000016"
    (older,) = first.elements("//a[@rel='next']")
    assert console.get(older.get("href", "")).phones == second.phones
    assert console.get("/?page=99").phones == second.phones


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/", "No phones yet"),
        ("/?filter=all", "No phones yet"),
        ("/?filter=search", "What are you looking for?"),
        ("/?filter=search&text=KTM4PX", "No phone found"),
    ],
)
def test_an_empty_list_says_what_it_means(path: str, heading: str, console: ConsoleSite) -> None:
    page = console.get(path)
    assert page.status == 200
    assert page.text("//h2") == heading
    assert not page.elements("//table")


def test_a_site_without_waiting_phones_says_so(console: ConsoleSite) -> None:
    console.client.add_line(console.add_phone(HERS), UserLine("201"))
    assert console.get().text("//h2") == "Every phone has a line"


def test_two_phones_that_show_one_id_are_flagged(phones: ConsoleSite) -> None:
    assert not phones.get().elements("//strong[@class='doubled']")
    phones.add_phone("0004f2000009", unique_id="KTM4PX")
    page = phones.get()
    assert page.texts("//strong[@class='doubled']") == ["KTM4PX", "KTM4PX"]
    assert any("same unique ID" in text for text in page.texts("//*[@role='alert']"))


def test_without_sightings_the_page_says_that_it_does_not_know(phones: ConsoleSite) -> None:
    phones.sightings_fail = True
    page = phones.get()
    assert page.status == 200
    assert [row["Last seen"] for row in page.rows] == ["not known", "not known"]


def test_a_config_system_that_does_not_answer_is_no_empty_table() -> None:
    client = SipxconfigClient("http://127.0.0.1:1/sipxconfig", credentials=None)
    with ConsoleSite(client).serving() as console:
        page = console.get("/?filter=all")
    client.close()
    assert page.status == 503
    assert page.text("//h1") == "The config system does not answer"
    assert not page.elements("//table")
    (again,) = page.elements("//a[@class='button']")
    assert again.get("href") == "/?filter=all"


def test_wrong_credentials_are_said_plainly(tmp_path: Path) -> None:
    with config_system(tmp_path) as system:
        client = SipxconfigClient(system.base_url, credentials=Credentials("superadmin", "wrong"))
        with ConsoleSite(client).serving() as console:
            page = console.get()
        client.close()
    assert page.status == 502
    assert page.text("//h1") == "The config system does not let us in"


def test_assign_gives_the_phone_the_users_line(phones: ConsoleSite) -> None:
    page = phones.assign(HERS, {"kind": "user", "user": " 201 "}, query="?filter=search&text=ktm")
    assert (page.status, page.location) == (303, f"/?filter=search&text=ktm&done=assigned&mac={HERS}")
    assert [line.user for line in phones.phone(HERS).lines] == ["201"]
    assert phones.followed == [MacAddress(HERS)]
    assert phones.get(page.location).text("//*[@role='status']").startswith(f"{HERS} has its line.")


def test_assign_gives_the_phone_a_line_of_another_registrar(phones: ConsoleSite) -> None:
    form = {
        "kind": "external",
        "user_id": "4711",
        "display_name": "Ann",
        "password": " se cret ",
        "registrar": "sip.example.net",
        "port": "5062",
    }
    assert phones.assign(HERS, form).status == 303
    (line,) = phones.phone(HERS).lines
    assert (line.user, line.user_id, line.display_name, line.password) == (None, "4711", "Ann", " se cret ")
    assert (line.registration_server, line.registration_server_port) == ("sip.example.net", 5062)
    assert phones.followed == [MacAddress(HERS)]


def test_every_waiting_phone_has_its_form_and_no_other_phone(phones: ConsoleSite) -> None:
    page = phones.get("/?filter=all")
    actions = {form.get("action") for form in page.elements("//form[@method='post']")}
    assert actions == {f"/phones/{HERS}/line?filter=all", f"/phones/{HIS}/line?filter=all"}
    assert {e.get("value") for e in page.elements("//input[@name='registrar']")} == {"pbx.example.org"}
    assert {e.get("value") for e in page.elements("//input[@name='port']")} == {"5070"}


def test_a_user_that_is_not_there_is_said_beside_the_form(phones: ConsoleSite) -> None:
    page = phones.assign(HERS, {"kind": "user", "user": "nobody"})
    assert page.status == 422
    (details,) = page.elements("//details[@name='assign'][@open]")
    assert details.getparent().get("class") == "action"
    assert "no such user" in page.text("//details[@open]//*[@role='alert']")
    assert page.elements("//details[@open]//input[@name='user'][@value='nobody']")
    assert phones.followed == []


def test_what_was_typed_stays_but_for_the_password(phones: ConsoleSite) -> None:
    form = {"kind": "external", "user_id": "4711", "password": "hunter2", "registrar": "sip.example.net", "port": "x"}
    page = phones.assign(HERS, form)
    assert page.status == 422
    assert len(page.elements("//details[@open]")) == 2
    assert page.elements("//details[@open]//input[@name='user_id'][@value='4711']")
    assert "hunter2" not in page.source


def test_an_error_of_a_phone_outside_the_list_is_shown_above_it(phones: ConsoleSite) -> None:
    page = phones.assign(HERS, {"kind": "user", "user": ""}, query="?filter=search&text=v7mvjk")
    assert page.status == 422
    assert page.phones == [HIS]
    assert page.text("//main/*[@role='alert']") == "Type the user’s name or number."


def test_a_phone_that_was_assigned_meanwhile_gets_no_second_line(phones: ConsoleSite) -> None:
    page = phones.assign(THEIRS, {"kind": "user", "user": "201"})
    assert "given a line meanwhile" in phones.get(page.location).text("//*[@role='status']")
    assert len(phones.phone(THEIRS).lines) == 1
    assert phones.followed == []


def test_a_phone_that_is_gone_is_said_to_be(phones: ConsoleSite) -> None:
    page = phones.assign("0004f2999999", {"kind": "user", "user": "201"})
    assert "no longer, in the config system" in phones.get(page.location).text("//*[@role='status']")


def test_a_phone_that_could_not_be_told_has_its_line_all_the_same(phones: ConsoleSite) -> None:
    phones.queue_fails = True
    page = phones.assign(HERS, {"kind": "user", "user": "201"})
    assert "Restart the phone" in phones.get(page.location).text("//*[@role='status']")
    assert len(phones.phone(HERS).lines) == 1


def test_a_phone_that_learns_no_directory_is_said_to_be_one_where_it_is_assigned(phones: ConsoleSite) -> None:
    phones.add_phone(OLD, unique_id="CFHJKM", model_id="polycom601", version="polycom3.1.X", firmware="3.1.8.0070")
    page = phones.get()
    (said,) = page.texts(f"//tr[.//th='{OLD}']//*[@class='panel']/p[@role='note']")
    assert "gets 503 for its files until it is let in" in said
    assert len(page.texts("//p[@role='note']")) == 1


def test_assigning_a_phone_that_learns_no_directory_says_what_to_do_and_offers_it(phones: ConsoleSite) -> None:
    phones.add_phone(OLD, unique_id="CFHJKM", firmware="3.2.7.0198")
    page = phones.get(phones.assign(OLD, {"kind": "user", "user": "201"}).location)
    assert f"autoprov pair {OLD} --for 15m, then restart the phone" in page.text("//*[@role='status']")
    assert page.text("//main/div[@class='notice bad let-in']//button") == "Let it fetch its files for 15 minutes"
    assert (phones.paired, phones.followed) == ([], [MacAddress(OLD)])


def test_a_click_lets_such_a_phone_in_and_has_it_fetch_its_files(phones: ConsoleSite) -> None:
    phone_id = phones.add_phone(OLD, unique_id="CFHJKM", model_id="polycom601", version="polycom3.1.X")
    phones.client.add_line(phone_id, UserLine("201"))
    (form,) = phones.get("/?filter=all").elements("//form[contains(@action, 'let-in')]")
    assert form.get("action") == f"/phones/{OLD}/let-in?filter=all"
    done = phones.let_in(OLD)
    assert "may fetch its files for 15 minutes" in phones.get(done.location).text("//*[@role='status']")
    assert (phones.paired, phones.followed) == ([MacAddress(OLD)], [MacAddress(OLD)])


def test_who_has_no_line_is_not_let_in_and_neither_is_a_strangers_click_heard(phones: ConsoleSite) -> None:
    assert "no longer, in the config system" in phones.get(phones.let_in(HERS).location).text("//*[@role='status']")
    assert phones.post(f"/phones/{THEIRS}/let-in", {}, {"Origin": "http://elsewhere.example"}).status == 403
    assert phones.paired == []


def test_what_keeps_a_phone_from_being_let_in_is_said(phones: ConsoleSite) -> None:
    phones.queue_fails = True
    assert "restart the phone now" in phones.get(phones.let_in(THEIRS).location).text("//*[@role='status']")
    phones.pairing_fails = True
    assert "was not let in" in phones.get(phones.let_in(THEIRS).location).text("//*[@role='status']")


def test_where_the_pbx_serves_phones_files_nobody_has_to_be_let_in(phones: ConsoleSite) -> None:
    phones.add_phone(OLD, unique_id="CFHJKM", firmware="3.1.8.0070")
    with replace(phones, settings=replace(SETTINGS, serves_own_files=False)).serving() as beside:
        assert not beside.get().elements("//p[@role='note']")
        page = beside.get(beside.assign(OLD, {"kind": "user", "user": "201"}).location)
        assert "comes up with the line by itself" in page.text("//*[@role='status']")
        assert "let-in" not in beside.get("/?filter=all").source
        assert beside.let_in(OLD).status == 404


@pytest.mark.parametrize("query", ["done=assigned&mac=%3Cscript%3E", "done=%3Cscript%3E&mac=0004f2abcdef", "done=gone"])
def test_no_free_text_comes_from_the_address_into_the_page(query: str, phones: ConsoleSite) -> None:
    page = phones.get(f"/?{query}")
    assert page.status == 200
    assert not page.elements("//*[@role='status']")


def test_a_path_that_names_no_phone_leads_back_to_the_list(console: ConsoleSite) -> None:
    page = console.assign("nonsense", {"kind": "user", "user": "201"})
    assert (page.status, page.location) == (303, "/")


def test_nothing_that_others_wrote_becomes_markup(console: ConsoleSite) -> None:
    evil = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
    phone_id = console.add_phone(HERS, description=evil)
    console.client.add_line(phone_id, ExternalLine(evil[:39], evil, "secret", "sip.example.net"))
    console.add_phone(HIS)
    pages = [
        console.get("/?filter=all"),
        console.get("/", {"Host": "127.0.0.1", "User-Agent": evil}),
        console.assign(HIS, {"kind": "user", "user": evil}),
        console.assign(
            HIS, {"kind": "external", "user_id": evil, "display_name": evil, "registrar": evil, "port": evil}
        ),
        console.get("/?filter=search&text=%3Cscript%3Ealert%28%27x%27%29%3C%2Fscript%3E%22%3E%3Cimg+src%3Dx%3E"),
    ]
    for page in pages:
        assert not page.elements("//script[not(@src)] | //img[@onerror] | //img[@src='x']")
    assert pages[0].rows[1]["Description"] == evil
    assert pages[0].rows[1]["Lines"] == evil[:39]


def test_a_browser_shows_the_waiting_phones(phones: ConsoleSite, tmp_path: Path) -> None:
    phones.seen[MacAddress(HERS)] = NOW - timedelta(seconds=12)
    page = rendered_page(phones.url)
    assert 'class="scripted"' in page
    assert "- unassigned -" in page
    assert "KTM4PX" in page
    assert "V7MVJK" in page
    assert "TXTXF9" not in page
    screenshot(phones.url, tmp_path / "phones.png")
    assert (tmp_path / "phones.png").read_bytes().startswith(b"\x89PNG")


def test_in_a_browser_an_old_phones_row_says_that_it_has_to_be_let_in(phones: ConsoleSite) -> None:
    phone_id = phones.add_phone(OLD, unique_id="CFHJKM", firmware="3.1.8.0070")
    assert "You can do that here once it has its line" in rendered_page(phones.url)
    phones.client.add_line(phone_id, UserLine("201"))
    assert "Let it fetch its files for 15 minutes" in rendered_page(f"{phones.url}/?filter=all")


def test_in_a_browser_the_table_keeps_itself_up_to_date(phones: ConsoleSite) -> None:
    phones.seen[MacAddress(HERS)] = NOW
    phones.step = timedelta(seconds=10)
    assert "10 s ago" in phones.get().source
    assert "20 s ago" not in rendered_page(phones.url, after=timedelta(seconds=12))
    assert phones.now > NOW + timedelta(seconds=20)
