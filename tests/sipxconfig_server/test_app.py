"""What the server answers, in compact cases: each is a line of the contract."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
import requests

from tests.peers.config_system import ADMIN, ConfigSystem

PHONE: dict[str, Any] = {
    "serialNo": "0004f2000001",
    "deviceVersion": "polycom5.4.3",
    "description": "json phone",
    "model": {"modelId": "polycomVVX411"},
}
PHONE_CONTEXT = "org.sipfoundry.sipxconfig.phone.PhoneContextImpl"


class Api:
    """A plain HTTP user of the API."""

    def __init__(self, base_url: str) -> None:
        self.root = f"{base_url}/api"
        self.session = requests.Session()
        self.session.auth = (ADMIN.user_name, ADMIN.password)

    def __call__(self, method: str, path: str, json: object = None, **more: Any) -> requests.Response:
        return self.session.request(method, self.root + path, json=json, timeout=20, **more)


@pytest.fixture
def api(system: ConfigSystem) -> Iterator[Api]:
    running = Api(system.base_url)
    yield running
    running.session.close()


def test_ids_begin_at_1000_and_the_answer_to_a_create_is_the_bare_id(api: Api) -> None:
    answer = api("POST", "/phones/", PHONE)
    assert (answer.status_code, answer.headers["Content-Type"], answer.text) == (200, "application/json", "1000")
    assert api("DELETE", "/phones/1000").status_code == 200
    assert api("POST", "/phones", PHONE).text == "1001"


def test_a_phone_is_shown_in_sipxconfigs_order_of_fields(api: Api) -> None:
    api("POST", "/phones", PHONE)
    shown = api("GET", "/phones/0004f2000001")
    assert shown.text.startswith(
        '{"id":1000,"serialNo":"0004f2000001","deviceVersion":"polycom5.4.3","description":"json phone",'
        '"model":{"modelId":"polycomVVX411","label":"Polycom VVX 411","vendor":"Polycom","versions":["polycom5.4.1",'
    )
    assert shown.text.endswith('"polycom5.5.2"]},"lines":null,"groups":null}')
    assert api("GET", "/phones/1000").text == shown.text


@pytest.mark.parametrize(
    ("change", "status", "text"),
    [
        ({"serialNo": None}, 500, "java.lang.NullPointerException"),
        (
            {"serialNo": "0004F2000001"},
            500,
            f"{PHONE_CONTEXT}$InvalidSerialNumberException: &error.invalidSerialNumberException",
        ),
        ({"model": None}, 404, "No such phone model defined"),
        ({"model": {}}, 500, "java.lang.NullPointerException"),
        ({"model": {"modelId": "nope"}}, 500, "java.lang.IllegalArgumentException: No such model with id 'nope'"),
    ],
)
def test_a_create_that_sipxconfig_does_not_take(api: Api, change: dict[str, Any], status: int, text: str) -> None:
    answer = api("POST", "/phones", PHONE | change)
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (status, text, "application/json")
    assert api("GET", "/phones").text == '{"phones":[]}'


def test_a_second_phone_with_the_same_serial_number_is_a_duplicate(api: Api) -> None:
    api("POST", "/phones", PHONE)
    answer = api("POST", "/phones", PHONE)
    assert answer.status_code == 500
    assert answer.text == f"{PHONE_CONTEXT}$DuplicateSerialNumberException: &error.duplicateSerialNumberException"


def test_the_losers_of_a_race_for_a_serial_number_get_a_500_and_one_phone_is_there(api: Api) -> None:
    def create(_turn: int) -> requests.Response:
        own = Api(api.root.removesuffix("/api"))
        try:
            return own("POST", "/phones", PHONE)
        finally:
            own.session.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(create, range(40)))
    assert [answer.text for answer in answers if answer.status_code == 200] == ["1000"]
    losers = {answer.text.partition(":")[0] for answer in answers if answer.status_code != 200}
    assert losers <= {
        f"{PHONE_CONTEXT}$DuplicateSerialNumberException",
        "org.springframework.dao.DataIntegrityViolationException",
    }
    assert len(api("GET", "/phones").json()["phones"]) == 1


@pytest.mark.parametrize("description", ["x" * 256, "half a pair \ud800", "a\0b"])
def test_what_the_database_cannot_hold_is_an_integrity_violation(api: Api, description: str) -> None:
    answer = api("POST", "/phones", PHONE | {"description": description})
    assert answer.status_code == 500
    assert answer.text.startswith("org.springframework.dao.DataIntegrityViolationException: ")


@pytest.mark.parametrize("version", [None, "5.4.3", "polycom9.9.9", "yealink7X"])
def test_a_version_that_is_no_exact_name_is_stored_as_none(api: Api, version: str | None) -> None:
    assert api("POST", "/phones", PHONE | {"deviceVersion": version}).text == "1000"
    assert api("GET", "/phones/1000").json()["deviceVersion"] is None


def test_an_update_replaces_all_but_the_model_and_the_lines(api: Api) -> None:
    api("POST", "/phones", PHONE)
    api("POST", "/phones/1000/lines", {"user": "200"})
    change = {"serialNo": "0004f2000002", "model": {"modelId": "polycom450"}, "lines": None}
    answer = api("PUT", "/phones/0004f2000001", change)
    assert (answer.status_code, answer.text) == (200, "1000")
    shown = api("GET", "/phones/0004f2000002").json()
    assert (shown["deviceVersion"], shown["description"]) == (None, None)
    assert (shown["model"]["modelId"], len(shown["lines"])) == ("polycomVVX411", 1)


def test_a_serial_number_cannot_be_changed_into_anothers_but_may_stay(api: Api) -> None:
    api("POST", "/phones", PHONE)
    api("POST", "/phones", PHONE | {"serialNo": "0004f2000002"})
    assert "Duplicate" in api("PUT", "/phones/1001", PHONE).text
    assert api("PUT", "/phones/1000", PHONE).text == "1000"


def test_unknown_phones_are_told_apart_by_how_they_were_asked_for(api: Api) -> None:
    for method, body in (("GET", None), ("PUT", PHONE), ("DELETE", None)):
        by_mac = api(method, "/phones/0004f2fffff0", body)
        assert (by_mac.status_code, by_mac.text, "Content-Type" in by_mac.headers) == (404, "", False)
        by_id = api(method, "/phones/99999", body)
        assert by_id.status_code == 404
        assert "No row with the given identifier exists: [org.sipfoundry.sipxconfig.phone.Phone#99999]" in by_id.text
    assert api("GET", "/phones/0004f2fffff0/lines").text == "Phone not found"
    assert api("POST", "/phones/0004f2fffff0/lines", {"user": "200"}).text == "Phone not found"
    assert api("PUT", "/phones/0004f2fffff0/sendProfile").text == "java.lang.NullPointerException"


def test_an_all_digit_mac_is_taken_for_an_id_while_it_fits_into_32_bits(api: Api) -> None:
    for serial in ("000413123456", "641667123456"):
        assert api("POST", "/phones", PHONE | {"serialNo": serial}).status_code == 200
    assert "Phone#413123456]" in api("GET", "/phones/000413123456").text
    assert api("GET", "/phones/641667123456").json()["serialNo"] == "641667123456"
    assert api("GET", "/phones/000000001000").json()["serialNo"] == "000413123456"


def test_a_page_needs_both_start_and_limit(api: Api) -> None:
    for number in range(5):
        api("POST", "/phones", PHONE | {"serialNo": f"0004f200000{number}"})

    def ids(query: str) -> list[int]:
        return [phone["id"] for phone in api("GET", f"/phones{query}").json()["phones"]]

    assert ids("?start=2&limit=2") == [1002, 1003]
    assert ids("?start=-1&limit=2") == [1000, 1001]
    assert ids("?start=3&limit=0") == [1003, 1004]
    assert ids("?limit=2") == ids("?start=2") == ids("") == [1000, 1001, 1002, 1003, 1004]
    assert ids("?start=5&limit=2") == []


def test_lines_are_of_users_or_of_accounts_elsewhere(api: Api) -> None:
    api("POST", "/phones", PHONE)
    assert api("GET", "/phones/1000/lines").text == '{"lines":[]}'
    added = api("POST", "/phones/0004f2000001/lines", {"user": "200", "displayName": "ignored"})
    assert (added.status_code, added.text) == (200, "")
    account = {"userId": "ext1", "displayName": "Ext & One", "password": "pw", "registrationServer": "sip.example.net"}
    api("POST", "/phones/1000/lines", account | {"registrationServerPort": 5070, "voicemail": "*97"})
    assert api("GET", "/phones/1000/lines").text == (
        '{"lines":[{"id":1000,"uri":"\\"First200 Last200\\"<sip:200@sipfoundry.org>","user":"200","userId":"200",'
        '"extension":null,"displayName":"First200 Last200","password":"sip200","registrationServer":"sipfoundry.org",'
        '"registrationServerPort":"0","voicemail":null},'
        '{"id":1001,"uri":"\\"Ext & One\\"<sip:ext1@sip.example.net:5070>","user":null,"userId":"ext1",'
        '"extension":null,"displayName":"Ext & One","password":"pw","registrationServer":"sip.example.net",'
        '"registrationServerPort":"5070","voicemail":null}]}'
    )
    assert len(api("GET", "/phones/1000").json()["lines"]) == 2
    assert api("GET", "/phones/1000/lines/1001").json()["userId"] == "ext1"


def test_lines_go_one_by_one_or_all_at_once(api: Api) -> None:
    api("POST", "/phones", PHONE)
    for user in ("200", "200", "201"):
        api("POST", "/phones/1000/lines", {"user": user})
    assert api("DELETE", "/phones/1000/lines/1000").status_code == 200
    assert "Line#1000]" in api("GET", "/phones/1000/lines/1000").text
    assert [line["id"] for line in api("GET", "/phones/1000/lines").json()["lines"]] == [1001, 1002]
    assert api("DELETE", "/phones/1000/lines").status_code == 200
    assert api("GET", "/phones/1000").json()["lines"] is None


def test_a_line_needs_a_known_user_and_room(api: Api) -> None:
    api("POST", "/phones", PHONE | {"model": {"modelId": "polycom5000"}})
    unknown = api("POST", "/phones/1000/lines", {"user": "nobody"})
    assert (unknown.status_code, unknown.text) == (404, "User not found")
    assert api("POST", "/phones/1000/lines", {"user": "200"}).status_code == 200
    full = api("POST", "/phones/1000/lines", {"user": "201"})
    assert (full.status_code, full.text) == (
        500,
        "org.sipfoundry.sipxconfig.phone.Phone$MaxLinesException: &error.maxLinesException",
    )


def test_profiles_are_accepted_to_be_sent(api: Api) -> None:
    api("POST", "/phones", PHONE)
    for path in ("/phones/1000/sendProfile", "/phones/0004f2000001/sendProfile/restart/"):
        answer = api("PUT", path)
        assert (answer.status_code, answer.text) == (200, "")


@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("GET", "/nosuch", "javax.ws.rs.NotFoundException: HTTP 404 Not Found"),
        ("GET", "/", "javax.ws.rs.NotFoundException: HTTP 404 Not Found"),
        ("PATCH", "/phones/1000", "javax.ws.rs.ClientErrorException: HTTP 405 Method Not Allowed"),
        ("DELETE", "/phones", "javax.ws.rs.ClientErrorException: HTTP 405 Method Not Allowed"),
        ("GET", "/phones?start=a&limit=2", "javax.ws.rs.ClientErrorException: HTTP 404 Not Found"),
        ("GET", "/phones?start=99999999999&limit=2", "javax.ws.rs.ClientErrorException: HTTP 404 Not Found"),
        ("GET", "/phones/1000/lines/x", "javax.ws.rs.ClientErrorException: HTTP 404 Not Found"),
    ],
)
def test_whatever_jax_rs_refuses_is_a_500_labelled_xml(api: Api, method: str, path: str, text: str) -> None:
    answer = api(method, path)
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (500, text, "text/xml")


@pytest.mark.parametrize(
    ("body", "label", "text"),
    [
        (b"", "application/json", "java.io.EOFException: No content to map to Object due to end of input"),
        (b"null", "application/json", "java.lang.NullPointerException"),
        (b'{"serialNo":', "application/json", "org.codehaus.jackson.JsonParseException"),
        (b'{"colour":"red"}', "application/json", 'UnrecognizedPropertyException: Unrecognized field "colour"'),
        (
            b'{"model":{"x":1}}',
            "application/json",
            'Unrecognized field "x" (Class org.sipfoundry.sipxconfig.api.model.M',
        ),
        (b"[]", "application/json", "out of START_ARRAY token"),
        (b'{"serialNo":{}}', "application/json", "java.lang.String out of START_OBJECT token"),
        (b"[" * 100_000, "application/json", "org.codehaus.jackson.JsonParseException"),
        (b"{}", "text/plain", "javax.ws.rs.ClientErrorException: HTTP 415 Unsupported Media Type"),
        (b"{}", "", "javax.ws.rs.WebApplicationException: HTTP 415 Unsupported Media Type"),
        (b"<Phone>", "application/xml", "javax.ws.rs.BadRequestException: HTTP 400 Bad Request"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_500(api: Api, body: bytes, label: str, text: str) -> None:
    answer = api("POST", "/phones", data=body, headers={"Content-Type": label})
    assert answer.status_code == 500
    assert text in answer.text
    assert api("GET", "/phones").text == '{"phones":[]}'


def test_a_line_with_a_field_that_lines_have_not_is_a_500(api: Api) -> None:
    api("POST", "/phones", PHONE)
    answer = api("POST", "/phones/1000/lines", {"user": "200", "colour": "red"})
    assert (answer.status_code, "(Class org.sipfoundry.sipxconfig.api.model.LineBean)" in answer.text) == (500, True)
    assert api("GET", "/phones/1000").json()["lines"] is None


def test_a_database_that_fails_is_a_500_and_never_an_empty_list(api: Api, system: ConfigSystem) -> None:
    with closing(sqlite3.connect(system.path)) as database:
        database.execute("DROP TABLE phone")
    for path in ("/phones", "/phones/0004f2000001", "/phones/1000/lines"):
        answer = api("GET", path)
        assert answer.status_code == 500
        assert answer.text.startswith("org.springframework.dao.DataAccessResourceFailureException: ")


def test_without_credentials_the_challenge_is_digest_and_with_wrong_ones_basic(system: ConfigSystem) -> None:
    url = f"{system.base_url}/api/phones"
    without = requests.get(url, timeout=20)
    assert without.status_code == 401
    assert without.headers["WWW-Authenticate"].startswith('Digest realm="example.org", qop="auth", nonce="')
    for pair in (("superadmin", "wrong"), ("nobody", ADMIN.password), ("", "")):
        wrong = requests.get(url, auth=pair, timeout=20)
        assert (wrong.status_code, wrong.headers["WWW-Authenticate"]) == (401, 'Basic realm="example.org"')
    for odd in ("Basic", "Basic !!!", b"Basic \xff", "Bearer x", "Digest x", ""):
        assert requests.get(url, headers={"Authorization": odd}, timeout=20).status_code == 401


def test_options_needs_no_credentials_and_a_path_outside_the_api_is_a_page(api: Api, system: ConfigSystem) -> None:
    options = requests.options(f"{system.base_url}/api/phones", timeout=20)
    assert (options.status_code, options.text) == (200, "")
    outside = api.session.get(f"{system.url}/api/phones", timeout=20)
    assert (outside.status_code, outside.headers["Content-Type"]) == (404, "text/html; charset=ISO-8859-1")


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "suffix", "label"),
    [
        ("*/*", "", "application/json"),
        ("application/json", "", "application/json"),
        ("application/xml", "", "application/xml"),
        ("text/xml", "", "text/xml"),
        (BROWSER, "", "application/xml"),
        ("application/json", ".xml", "application/xml"),
        ("application/xml", ".json", "application/json"),
    ],
)
def test_the_client_chooses_json_or_xml(api: Api, accept: str, suffix: str, label: str) -> None:
    api("POST", "/phones", PHONE)
    for path in ("/phones", "/phones/1000", "/phones/models", "/phones/1000/lines"):
        answer = api("GET", path + suffix, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, label)
        assert answer.text.startswith("<?xml" if "xml" in label else "{")


def test_nothing_is_stored_for_who_takes_no_answer_of_ours(api: Api) -> None:
    answer = api("POST", "/phones", PHONE, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.text) == (500, "javax.ws.rs.ClientErrorException: HTTP 406 Not Acceptable")
    assert api("GET", "/phones").text == '{"phones":[]}'


def test_xml_is_taken_and_shown(api: Api) -> None:
    body = (
        "<Phone><Model><modelId>SPA501G</modelId></Model><foo/><description>a &amp; b</description>"
        "<serialNo>0004f2000001</serialNo></Phone>"
    )
    label = {"Content-Type": "application/xml", "Accept": "application/xml"}
    assert api("POST", "/phones", data=body, headers=label).text == "1000"
    api("POST", "/phones/1000/lines", data="<Line><user>201</user></Line>", headers={"Content-Type": "text/xml"})
    shown = api("GET", "/phones", headers={"Accept": "application/xml"}).text
    assert shown == (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Phones><Phone><id>1000</id>'
        "<serialNo>0004f2000001</serialNo><description>a &amp; b</description>"
        "<Model><modelId>SPA501G</modelId><label>Cisco SPA501G</label></Model><Lines><Line><id>1000</id>"
        '<uri>"First201 Last201"&lt;sip:201@sipfoundry.org&gt;</uri><user>201</user><userId>201</userId>'
        "<displayName>First201 Last201</displayName><password>sip201</password>"
        "<registrationServer>sipfoundry.org</registrationServer>"
        "<registrationServerPort>0</registrationServerPort></Line></Lines></Phone></Phones>"
    )


def test_half_a_character_in_a_body_is_refused_in_sipxconfigs_way(api: Api) -> None:
    headers = {"Content-Type": "application/json"}
    answer = api("POST", "/phones", data=b'{"serialNo": "0004f2000001", "\\ud800": 1}', headers=headers)
    assert answer.status_code == 500
    assert "UnrecognizedPropertyException" in answer.text
