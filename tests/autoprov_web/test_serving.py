import os
from pathlib import Path

import pytest
from lxml import etree

from autoprov_phones.derived_secret import derive_own_token, derive_sip_password
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import PhoneTag, is_issued_by
from autoprov_phones.polycom_overlay import Overlay, Parameter
from autoprov_phones.spool_entry import PhoneState, SpoolEntry, spool_file_name
from autoprov_phones.unique_id import UniqueId
from autoprov_web.answer import Answer
from autoprov_web.fetch_report import FetchReport
from autoprov_web.pairing import pair
from autoprov_web.phone_request import PhoneRequest
from autoprov_web.serving import serve
from autoprov_web.site import Site
from tests.autoprov_web.sites import (
    ASSIGNED,
    ASSIGNED_ELSEWHERE,
    KEY,
    MAC,
    NOW,
    OWN_FILES,
    PHONE_URL,
    UNASSIGNED,
    a_site,
    open_access,
    put_entry,
    put_snapshot,
)

VVX = "FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614 Type/Application"
IP_331 = "FileTransport PolycomSoundPointIP-SPIP_331-UA/3.2.4.0244"
STRANGER = "192.168.7.99"
OTHER = MacAddress("0004f2abcdee")
TOKEN = derive_own_token(MAC, key=KEY)
BOOTSTRAP = "/000000000000.cfg"
MASTER, REGISTRATION, LINES, SITE_FILE = (
    f"/{MAC}{suffix}" for suffix in (".cfg", "-registration.cfg", "-lines.cfg", "-site.cfg")
)
OWN = f"/own/{TOKEN}"
NEW = [None, UNASSIGNED]
OF_WHICH_WE_CANNOT_SAY = "no snapshot"


def ask(
    site: Site,
    path: str,
    *,
    method: str = "GET",
    user_agent: str = VVX,
    address: str = "192.168.7.31",
    certified: MacAddress | None = None,
    now: float = NOW,
) -> Answer:
    return ask_and_hear(
        site, path, method=method, user_agent=user_agent, address=address, certified=certified, now=now
    )[0]


def ask_and_hear(
    site: Site,
    path: str,
    *,
    method: str = "GET",
    user_agent: str = VVX,
    address: str = "192.168.7.31",
    certified: MacAddress | None = None,
    now: float = NOW,
) -> tuple[Answer, FetchReport]:
    request = PhoneRequest(method, path, user_agent=user_agent, address=address, certified_mac=lambda: certified)
    return serve(request, site, now=now)


def attribute(content: bytes, name: str) -> str:
    (value,) = [element.get(name) for element in etree.fromstring(content).iter() if element.get(name) is not None]
    assert value is not None
    return value


@pytest.fixture
def site(tmp_path: Path) -> Site:
    put_snapshot(tmp_path, NOW - 60)
    return a_site(tmp_path)


def know(site: Site, entry: SpoolEntry | str | None) -> None:
    """Let the worker know *entry* of the phone; a text: let it know nothing of any."""
    spool = Path(site.spool_directory)
    if isinstance(entry, str):
        (spool / "snapshot").unlink()
    elif entry is not None:
        put_entry(spool, entry)


def test_the_bootstrap_file_sends_every_phone_to_its_own_registration_file(site: Site) -> None:
    given = ask(site, BOOTSTRAP)
    assert given.status == 200
    assert attribute(given.body, "CONFIG_FILES") == (
        f"{PHONE_URL}/[PHONE_MAC_ADDRESS]-registration.cfg,{PHONE_URL}/[PHONE_MAC_ADDRESS]-site.cfg"
    )


@pytest.mark.parametrize("entry", NEW)
def test_a_phone_without_a_line_has_no_master_file_and_goes_on(entry: SpoolEntry | None, site: Site) -> None:
    know(site, entry)
    assert [ask(site, path).status for path in (MASTER, LINES, OWN + MASTER, OWN + LINES)] == [404] * 4


@pytest.mark.parametrize("entry", NEW)
@pytest.mark.parametrize("path", [REGISTRATION, OWN + REGISTRATION])
def test_a_phone_without_a_line_is_given_the_autoprovision_registration(
    path: str, entry: SpoolEntry | None, site: Site
) -> None:
    know(site, entry)
    given = ask(site, path)
    assert given.status == 200
    assert given.unique_id is not None
    said = {
        "label": str(given.unique_id),
        "displayName": f"{given.unique_id}-{MAC}",
        "address": "~~id~autoprovision",
        "auth.userId": "~~id~autoprovision",
        "auth.password": derive_sip_password(MAC, key=KEY),
        "server.1.address": "192.168.7.2",
        "server.1.port": "5066",
        "server.1.expires": "300",
        "server.1.transport": "UDPOnly",
    }
    assert {name: attribute(given.body, f"reg.1.{name}") for name in said} == said
    assert attribute(given.body, "device.prov.serverName") == f"192.168.7.2:8480{OWN}"
    assert is_issued_by(PhoneTag(given.unique_id, MAC), key=KEY, length=6)
    assert b"@@" not in given.body


def test_an_old_phone_is_given_the_form_that_it_reads(site: Site) -> None:
    by_name = ask(site, f"/{MAC}-registration-3.cfg")
    assert etree.fromstring(by_name.body).tag == "phone1"
    assert ask(site, REGISTRATION, user_agent=IP_331).body == by_name.body != ask(site, REGISTRATION).body
    assert b"@@" not in by_name.body
    assert by_name.unique_id == ask(site, REGISTRATION).unique_id


def test_where_the_registrar_is_somebody_elses_all_phones_share_its_password(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW)
    site = a_site(tmp_path, password='correct "horse" & <co>')
    for mac in (MAC, OTHER):
        given = ask(site, f"/{mac}-registration.cfg")
        assert attribute(given.body, "reg.1.auth.password") == 'correct "horse" & <co>'


def test_a_raised_generation_shows_another_id_and_keeps_the_password(site: Site) -> None:
    ids: set[UniqueId | None] = set()
    passwords: set[str] = set()
    for generation in range(4):
        know(site, SpoolEntry(PhoneState.UNASSIGNED, generation))
        given = ask(site, REGISTRATION)
        ids.add(given.unique_id)
        passwords.add(attribute(given.body, "reg.1.auth.password"))
    assert (len(ids), len(passwords)) == (4, 1)


@pytest.mark.parametrize("length", [4, 10])
def test_the_id_is_as_long_as_the_settings_say(length: int, tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW)
    assert len(str(ask(a_site(tmp_path, unique_id_length=length), REGISTRATION).unique_id)) == length


@pytest.mark.parametrize("prefix", [OWN, "/own/" + TOKEN + "/"])
def test_an_assigned_phone_finds_its_files_in_its_own_directory(prefix: str, site: Site) -> None:
    know(site, ASSIGNED)
    assert ask(site, prefix + MASTER).body == OWN_FILES[f"{MAC}.cfg"]
    assert ask(site, prefix + LINES).body == OWN_FILES[f"{MAC}-lines.cfg"]


def test_an_assigned_phone_that_fell_back_to_the_bootstrap_file_still_gets_its_line(site: Site) -> None:
    know(site, ASSIGNED)
    given = ask(site, OWN + REGISTRATION)
    assert (given.status, given.body, given.unique_id) == (200, OWN_FILES[f"{MAC}-lines.cfg"], None)


def test_a_phone_that_boots_from_its_own_directory_is_sent_back_to_it(site: Site) -> None:
    names = attribute(ask(site, OWN + BOOTSTRAP).body, "CONFIG_FILES").split(",")
    assert names == ["[PHONE_MAC_ADDRESS]-registration.cfg", "[PHONE_MAC_ADDRESS]-site.cfg"]


def test_a_phone_that_asks_by_date_gets_its_lines_anew_when_they_changed(site: Site) -> None:
    know(site, ASSIGNED)
    os.utime(Path(site.spool_directory) / spool_file_name(MAC), (NOW, NOW))
    assert dict(ask(site, OWN + LINES).headers)["Last-Modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(("at", "changed"), [(NOW, "12:00:00"), (NOW - 86_400, "11:50:00")])
def test_a_registration_is_as_new_as_its_generation_or_the_settings(at: float, changed: str, site: Site) -> None:
    know(site, UNASSIGNED)
    os.utime(Path(site.spool_directory) / spool_file_name(MAC), (at, at))
    assert dict(ask(site, REGISTRATION).headers)["Last-Modified"] == f"Sun, 01 Mar 2026 {changed} GMT"


def test_no_phone_is_told_to_come_again_at_once(site: Site) -> None:
    site.retry_after = 0
    know(site, ASSIGNED)
    assert ("Retry-After", "1") in ask(site, LINES).headers


def test_what_is_no_file_is_kept_by_nobody_between_us(site: Site) -> None:
    know(site, ASSIGNED)
    for given in (ask(site, LINES), ask(site, "/sip.ld"), ask(site, MASTER, address="198.51.100.7")):
        assert ("Cache-Control", "no-store") in given.headers


def test_an_assigned_phone_shows_who_it_is_by_its_factory_certificate(site: Site) -> None:
    know(site, ASSIGNED)
    assert ask(site, LINES, certified=MAC).body == OWN_FILES[f"{MAC}-lines.cfg"]
    assert ask(site, LINES, certified=OTHER).status == 503


def test_an_assigned_phone_may_be_let_in_for_a_while(site: Site) -> None:
    know(site, ASSIGNED)
    pair(site.directory, MAC, until=NOW + 60)
    assert ask(site, LINES).body == OWN_FILES[f"{MAC}-lines.cfg"]
    assert ask(site, LINES, now=NOW + 61).status == 503


def test_a_phone_that_was_let_in_leaves_no_door_open_to_others(site: Site) -> None:
    know(site, ASSIGNED)
    pair(site.directory, MAC, until=NOW + 60)
    assert ask(site, "/000000000000.cfg", address=STRANGER).status == 200
    assert ask(site, MASTER).status == 200
    given = ask(site, LINES, address=STRANGER)
    assert (given.status, b"polycomConfig" in given.body) == (503, False)
    assert ask(site, LINES).status == 200
    assert ask(site, OWN + LINES, address=STRANGER).status == 200


def test_a_pairing_that_cannot_be_noted_opens_nothing(site: Site) -> None:
    know(site, ASSIGNED)
    pair(site.directory, MAC, until=NOW + 60)
    Path(site.directory, f"{MAC}.pair-holder").symlink_to(Path(site.directory, "elsewhere"))
    given = ask(site, LINES)
    assert (given.status, given.verdict) == (503, "paired, but another address was given its files")


def test_a_phone_that_is_let_in_may_still_ask_in_a_directory_that_is_its_own_no_more(site: Site) -> None:
    know(site, ASSIGNED)
    pair(site.directory, MAC, until=NOW + 60)
    before_the_key_changed = f"/own/{derive_own_token(MAC, key=b'the old key')}"
    assert ask(site, before_the_key_changed + LINES).status == 200


def test_what_is_known_of_a_phone_is_read_where_the_worker_writes(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    site.spool_directory = str(tmp_path / "spool")
    (tmp_path / "spool").mkdir()
    put_snapshot(tmp_path / "spool", NOW)
    put_entry(tmp_path / "spool", ASSIGNED)
    assert ask(site, OWN + LINES).body == OWN_FILES[f"{MAC}-lines.cfg"]
    pair(site.directory, MAC, until=NOW + 60)
    assert ask(site, LINES).status == 200


@pytest.mark.parametrize(
    "directory",
    [
        "",
        f"/own/{derive_own_token(OTHER, key=KEY)}",
        f"/own/{derive_own_token(MAC, key=b'another key')}",
        f"/own/{'A' * 32}",
        f"/own/{TOKEN[:-1]}{'A' if TOKEN[-1] != 'A' else 'B'}",
        f"/own/{TOKEN.lower()}",
        f"/own/{'é' * 32}",
    ],
)
@pytest.mark.parametrize("path", [MASTER, REGISTRATION, LINES])
def test_for_the_mac_alone_nobody_gets_an_assigned_phones_files(directory: str, path: str, site: Site) -> None:
    know(site, ASSIGNED)
    given = ask(site, directory + path)
    assert given.status == 503
    assert ("Retry-After", "30") in given.headers


@pytest.mark.parametrize("entry", [ASSIGNED_ELSEWHERE, OF_WHICH_WE_CANNOT_SAY])
@pytest.mark.parametrize("path", [MASTER, REGISTRATION, LINES, OWN + MASTER, OWN + REGISTRATION, OWN + LINES])
def test_a_phone_of_which_we_cannot_say_is_asked_to_come_again(path: str, entry: SpoolEntry | str, site: Site) -> None:
    know(site, entry)
    given = ask(site, path)
    assert given.status == 503
    assert ("Retry-After", "30") in given.headers


def test_where_the_pbx_has_the_files_an_assigned_phone_comes_again(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW)
    put_entry(tmp_path, ASSIGNED)
    site = a_site(tmp_path, serve_own_files=False)
    assert [ask(site, path).status for path in (MASTER, REGISTRATION, OWN + LINES)] == [503] * 3
    assert b"device." not in ask(site, f"/{OTHER}-registration.cfg").body


@pytest.mark.parametrize("entry", [ASSIGNED, ASSIGNED_ELSEWHERE, OF_WHICH_WE_CANNOT_SAY])
@pytest.mark.parametrize("path", [MASTER, REGISTRATION, LINES, REGISTRATION.upper(), f"/{MAC}-registration-3.cfg"])
@pytest.mark.parametrize("directory", ["", OWN])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST"])
def test_no_phone_but_a_new_one_ever_sees_the_autoprovision_user(
    method: str, directory: str, path: str, entry: SpoolEntry | str, site: Site
) -> None:
    know(site, entry)
    assert b"autoprovision" not in ask(site, directory + path, method=method).body


@pytest.mark.parametrize("entry", [*NEW, ASSIGNED, OF_WHICH_WE_CANNOT_SAY])
@pytest.mark.parametrize(
    "path",
    [
        f"/{MAC}-web.cfg",
        f"/{MAC}-directory.xml",
        f"/{MAC}-license.cfg",
        "/000000000000-directory.xml",
        "/000000000000-license.cfg",
        "/license.cfg",
        f"{OWN}/license.cfg",
        f"{OWN}/000000000000-license.cfg",
        "/sip.ver",
        "/sip.ld",
        "/3111-44500-001.sip.ld",
        "/3111-44500-001.3111-44500-001.sip.ld",
        "/bootrom.ld",
        "/languages/Website_dictionary_language_en-us.xml",
        "/",
        "",
        "/..",
        "/../../etc/passwd",
        "/\x00.cfg",
        f"/{MAC}.cfg\x00",
        f"/x/{MAC}.cfg",
        "/0004f2abcde.cfg",
        "/" + "a" * 100_000,
    ],
)
def test_every_other_file_is_simply_not_there(path: str, entry: SpoolEntry | str | None, site: Site) -> None:
    know(site, entry)
    assert ask(site, path).status == 404


@pytest.mark.parametrize("entry", [*NEW, ASSIGNED, OF_WHICH_WE_CANNOT_SAY])
def test_what_was_typed_at_a_phone_does_not_win(entry: SpoolEntry | str | None, site: Site) -> None:
    know(site, entry)
    assert ask(site, f"/{MAC}-phone.cfg").body == b"<PHONE_CONFIG><OVERRIDES/></PHONE_CONFIG>\n"


def test_a_phone_gets_the_secret_part_of_the_overlay_when_it_has_shown_who_it_is(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW)
    overlay = Overlay(
        site=(
            Parameter("tcpIpApp.sntp.address", "ntp.example.org", "site.conf:1"),
            Parameter("device.auth.localAdminPassword", "sesame", "site.conf:2"),
        ),
        models={"vvx_410": (Parameter("tcpIpApp.sntp.address", "ntp2.example.org", "VVX_410.conf:1"),)},
    )
    site = a_site(tmp_path, overlay=overlay)
    assert b"ntp2.example.org" in ask(site, SITE_FILE).body
    assert b"ntp.example.org" in ask(site, SITE_FILE, user_agent=VVX.replace("410", "500")).body
    assert etree.fromstring(ask(site, SITE_FILE).body).tag == "polycomConfig"
    assert etree.fromstring(ask(site, SITE_FILE, user_agent=IP_331).body).tag == "phone1"
    assert b"sesame" not in ask(site, SITE_FILE).body
    assert b"sesame" in ask(site, OWN + SITE_FILE).body
    assert b"sesame" in ask(site, SITE_FILE, certified=MAC).body


@pytest.mark.parametrize(
    "name", ["boot.log", "app.log", "APP.LOG", "phone.cfg", "web.cfg", "directory.xml", "calls.xml"]
)
def test_what_a_phone_writes_back_is_accepted_and_dropped(name: str, site: Site) -> None:
    before = sorted(Path(site.spool_directory).iterdir())
    assert [ask(site, f"/{MAC}-{name}", method=method).status for method in ("PUT", "POST")] == [200, 200]
    assert {path.name for path in Path(site.spool_directory).iterdir()} - {path.name for path in before} <= {"rates"}


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS", "PROPFIND", "TRACE", "PUT", "get", ""])
def test_no_method_is_ever_answered_405(method: str, site: Site) -> None:
    know(site, ASSIGNED)
    assert ask(site, MASTER, method=method).status == 404


def test_a_mac_in_upper_case_is_the_same_phone(site: Site) -> None:
    assert ask(site, f"/{str(MAC).upper()}-registration.cfg").body == ask(site, REGISTRATION).body


def test_files_stand_below_the_prefix_too(tmp_path: Path) -> None:
    site = a_site(tmp_path, path_prefix="/boot")
    assert [ask(site, path).status for path in ("/boot/000000000000.cfg", BOOTSTRAP, "/other/000000000000.cfg")] == [
        200,
        200,
        404,
    ]


def test_phone_files_are_xml_and_kept_by_nobody_between_us(site: Site) -> None:
    headers = dict(ask(site, REGISTRATION).headers)
    assert headers.pop("ETag").startswith('"')
    assert headers == {
        "Content-Type": "text/xml; charset=utf-8",
        "Cache-Control": "private, no-cache",
        "Last-Modified": "Sun, 01 Mar 2026 11:50:00 GMT",
    }


@pytest.mark.parametrize("path", [MASTER, REGISTRATION, BOOTSTRAP, OWN + LINES, "/license.cfg", f"/{MAC}-app.log"])
def test_outside_of_the_networks_there_is_nothing(path: str, site: Site) -> None:
    know(site, ASSIGNED)
    for method in ("GET", "PUT"):
        assert ask(site, path, address="198.51.100.7", method=method).status == 404


def test_an_address_that_asks_too_much_comes_again(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW)
    site = a_site(tmp_path, access=open_access(tmp_path, requests_per_minute=3))
    given = [ask(site, BOOTSTRAP) for _ in range(4)]
    assert [answer.status for answer in given] == [200, 200, 200, 503]
    assert dict(given[3].headers)["Retry-After"] == "20"
    assert ask(site, BOOTSTRAP, address="192.168.7.32").status == 200


def test_a_phone_that_has_shown_who_it_is_does_not_count_as_one_more_mac(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW)
    site = a_site(tmp_path, access=open_access(tmp_path, macs_per_hour=1))
    assert ask(site, REGISTRATION).status == 200
    other = f"/own/{derive_own_token(OTHER, key=KEY)}/{OTHER}-registration.cfg"
    assert [ask(site, path).status for path in (f"/{OTHER}-registration.cfg", other)] == [503, 200]


def test_a_certificate_is_looked_at_for_those_in_the_networks_alone(site: Site) -> None:
    looked: list[str] = []

    def certified() -> MacAddress:
        looked.append("")
        return MAC

    for address in ("198.51.100.7", "192.168.7.31"):
        serve(PhoneRequest("GET", MASTER, address=address, certified_mac=certified), site, now=NOW)
        serve(PhoneRequest("GET", BOOTSTRAP, address=address, certified_mac=certified), site, now=NOW)
    assert len(looked) == 1


def test_an_address_learns_of_few_phones_an_hour(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW)
    site = a_site(tmp_path, access=open_access(tmp_path, macs_per_hour=2))
    paths = [f"/0004f200000{digit}-registration.cfg" for digit in (1, 2, 1, 3)]
    assert [ask(site, path).status for path in paths] == [200, 200, 200, 503]


@pytest.mark.parametrize("entry", [*NEW, ASSIGNED, OF_WHICH_WE_CANNOT_SAY])
@pytest.mark.parametrize(
    "path", [MASTER, REGISTRATION, LINES, SITE_FILE, BOOTSTRAP, f"/{MAC}-phone.cfg", f"/{MAC}-web.cfg"]
)
def test_while_discovery_is_closed_all_phones_get_one_answer(
    path: str, entry: SpoolEntry | str | None, tmp_path: Path
) -> None:
    put_snapshot(tmp_path, NOW)
    site = a_site(tmp_path, access=open_access(tmp_path, discovery="closed"))
    know(site, entry)
    given = ask(site, path)
    assert (given.status, given.body) == (503, b"try again later\n")
    assert given.headers == ask(site, f"/{OTHER}.cfg").headers


def test_while_discovery_is_closed_a_phone_that_shows_who_it_is_is_served(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW)
    site = a_site(tmp_path, access=open_access(tmp_path, discovery="closed"))
    assert [ask(site, OWN + path).status for path in (MASTER, BOOTSTRAP, REGISTRATION, SITE_FILE)] == [
        404,
        200,
        200,
        200,
    ]
    assert ask(site, REGISTRATION, certified=MAC).status == 200
    put_entry(tmp_path, ASSIGNED)
    assert ask(site, OWN + LINES).status == 200


def test_a_pilot_discovers_its_phones_alone(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW)
    site = a_site(tmp_path, access=open_access(tmp_path, has_pilot=True, pilot_macs=(str(MAC),)))
    assert [ask(site, path).status for path in (BOOTSTRAP, REGISTRATION, f"/{OTHER}-registration.cfg")] == [
        200,
        200,
        503,
    ]


def test_who_is_not_in_the_pilot_is_told_of_as_such_and_answered_as_all(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW)
    site = a_site(tmp_path, access=open_access(tmp_path, has_pilot=True, pilot_macs=(str(MAC),)))
    given, report = ask_and_hear(site, f"/{OTHER}-registration.cfg")
    assert (report.verdict, given.body) == ("not in the pilot", b"try again later\n")


def test_each_request_is_told_of(site: Site) -> None:
    given, report = ask_and_hear(site, REGISTRATION)
    assert (report.mac, report.unique_id, report.status) == (str(MAC), str(given.unique_id), 200)
    assert (report.verdict, report.name, report.address) == (
        "registration file",
        f"{MAC}-registration.cfg",
        "192.168.7.31",
    )
    assert (report.user_agent, report.at, report.trouble) == (VVX, NOW, "")


def test_it_is_told_under_which_id_a_phone_stands_that_has_its_file_already(site: Site) -> None:
    first = ask(site, REGISTRATION)
    request = PhoneRequest("GET", REGISTRATION, address="192.168.7.31", if_none_match=dict(first.headers)["ETag"])
    _, report = serve(request, site, now=NOW)
    assert (report.status, report.unique_id) == (304, str(first.unique_id))


def test_it_is_told_what_is_wrong_here(site: Site) -> None:
    know(site, OF_WHICH_WE_CANNOT_SAY)
    _, report = ask_and_hear(site, REGISTRATION)
    assert (report.status, report.verdict) == (503, "config system not reached yet")
    assert report.trouble.startswith("config system not reached yet (")


def test_it_is_told_that_the_limits_do_not_hold(site: Site) -> None:
    (Path(site.directory) / "rates").mkdir()
    given, report = ask_and_hear(site, REGISTRATION)
    assert given.status == 200
    assert report.trouble.startswith(f"{site.directory}/rates: ")


def test_a_token_is_never_told(site: Site) -> None:
    know(site, ASSIGNED)
    for path in (OWN + LINES, OWN + "/etc/passwd", OWN, f"{OWN}/x/y"):
        _, report = ask_and_hear(site, path)
        assert TOKEN.encode() not in report.to_line()
