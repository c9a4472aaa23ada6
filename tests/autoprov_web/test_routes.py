from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import pytest
from lxml import etree

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import PhoneTag, is_issued_by
from autoprov_phones.polycom_files import PhoneFileError
from autoprov_phones.sip_password import derive_sip_password
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_web import routes
from autoprov_web.answer import Answer
from autoprov_web.phone_request import PhoneRequest
from autoprov_web.spool_reader import CannotTell, Doubt, Knowledge, Stranger
from autoprov_web.web_settings import WebSettings

MAC = "0004f2abcdef"
MASTER, REGISTRATION, LINES = f"/{MAC}.cfg", f"/{MAC}-registration.cfg", f"/{MAC}-lines.cfg"
OWN_FILES = {f"{MAC}.cfg": b"<APPLICATION/>", f"{MAC}-lines.cfg": b"<polycomConfig/>"}
ASSIGNED = SpoolEntry(PhoneState.ASSIGNED, 0, OWN_FILES)
ASSIGNED_ELSEWHERE = SpoolEntry(PhoneState.ASSIGNED)
UNASSIGNED = SpoolEntry(PhoneState.UNASSIGNED, 3)
CANNOT_TELL = CannotTell(Doubt.NOT_REACHED)
OF_WHICH_WE_CANNOT_SAY = [ASSIGNED_ELSEWHERE, CANNOT_TELL]
NEW = [Stranger(), UNASSIGNED]


def ask(path: str, knowledge: Knowledge, settings: WebSettings, *, method: str = "GET") -> Answer:
    request = PhoneRequest(method, path, "FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614", "192.168.7.31")
    requested = routes.requested_file(request, settings)
    return routes.answer(request, requested, knowledge=knowledge if requested.mac else None, settings=settings)


def attribute(content: bytes, name: str) -> str:
    values = [element.get(name) for element in etree.fromstring(content).iter() if element.get(name) is not None]
    assert len(values) == 1
    assert values[0] is not None
    return values[0]


def test_the_bootstrap_file_sends_every_phone_to_its_own_registration_file(settings: WebSettings) -> None:
    given = ask("/000000000000.cfg", CANNOT_TELL, settings)
    assert given.status is HTTPStatus.OK
    assert attribute(given.body, "CONFIG_FILES") == "http://192.168.7.2:8480/[PHONE_MAC_ADDRESS]-registration.cfg"


@pytest.mark.parametrize("knowledge", NEW)
def test_a_phone_without_a_line_has_no_master_file_and_goes_on(knowledge: Knowledge, settings: WebSettings) -> None:
    assert ask(MASTER, knowledge, settings).status is HTTPStatus.NOT_FOUND
    assert ask(LINES, knowledge, settings).status is HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("knowledge", NEW)
def test_a_phone_without_a_line_is_given_the_autoprovision_registration(
    knowledge: Knowledge, settings: WebSettings
) -> None:
    given = ask(REGISTRATION, knowledge, settings)
    assert given.status is HTTPStatus.OK
    assert given.unique_id is not None
    assert attribute(given.body, "reg.1.label") == str(given.unique_id)
    assert attribute(given.body, "reg.1.displayName") == f"{given.unique_id}-{MAC}"
    assert attribute(given.body, "reg.1.address") == "~~id~autoprovision"
    assert attribute(given.body, "reg.1.auth.userId") == "~~id~autoprovision"
    assert attribute(given.body, "reg.1.auth.password") == derive_sip_password(MacAddress(MAC), key=settings.key)
    assert attribute(given.body, "reg.1.server.1.address") == "192.168.7.2"
    assert attribute(given.body, "reg.1.server.1.port") == "5066"
    assert attribute(given.body, "reg.1.server.1.expires") == "300"
    assert is_issued_by(PhoneTag(given.unique_id, MacAddress(MAC)), key=settings.key)


def test_the_password_opens_no_other_phones_registration_and_outlives_an_id(settings: WebSettings) -> None:
    entries: list[Knowledge] = [SpoolEntry(PhoneState.UNASSIGNED, generation) for generation in (0, 3)]
    paths = [f"/{mac}-registration.cfg" for mac in (MAC, "0004f2abcdee")]
    passwords = {
        path: {attribute(ask(path, entry, settings).body, "reg.1.auth.password") for entry in entries} for path in paths
    }
    assert [len(said) for said in passwords.values()] == [1, 1]
    assert passwords[paths[0]] != passwords[paths[1]]


def test_where_the_registrar_is_somebody_elses_all_phones_share_its_password(settings: WebSettings) -> None:
    shared = replace(settings, shared_password="correct horse")
    for mac in (MAC, "0004f2abcdee"):
        given = ask(f"/{mac}-registration.cfg", Stranger(), shared)
        assert attribute(given.body, "reg.1.auth.password") == "correct horse"


def test_the_settings_do_not_show_the_password(settings: WebSettings) -> None:
    assert "correct horse" not in repr(replace(settings, shared_password="correct horse"))


def test_a_raised_generation_shows_another_id(settings: WebSettings) -> None:
    ids = {ask(REGISTRATION, SpoolEntry(PhoneState.UNASSIGNED, n), settings).unique_id for n in range(4)}
    assert len(ids) == 4
    assert ask(REGISTRATION, Stranger(), settings).unique_id in ids


@pytest.mark.parametrize("length", [4, 10])
def test_the_id_is_as_long_as_the_settings_say(length: int, settings: WebSettings) -> None:
    given = ask(REGISTRATION, Stranger(), replace(settings, unique_id_length=length))
    assert len(str(given.unique_id)) == length


def test_an_assigned_phone_gets_its_own_files(settings: WebSettings) -> None:
    assert ask(MASTER, ASSIGNED, settings).body == OWN_FILES[f"{MAC}.cfg"]
    assert ask(LINES, ASSIGNED, settings).body == OWN_FILES[f"{MAC}-lines.cfg"]


def test_an_assigned_phone_that_fell_back_to_the_bootstrap_file_still_gets_its_line(settings: WebSettings) -> None:
    given = ask(REGISTRATION, ASSIGNED, settings)
    assert (given.status, given.body) == (HTTPStatus.OK, OWN_FILES[f"{MAC}-lines.cfg"])
    assert given.unique_id is None


@pytest.mark.parametrize("knowledge", OF_WHICH_WE_CANNOT_SAY)
@pytest.mark.parametrize("path", [MASTER, REGISTRATION, LINES])
def test_a_phone_of_which_we_cannot_say_is_asked_to_come_again(
    path: str, knowledge: Knowledge, settings: WebSettings
) -> None:
    given = ask(path, knowledge, settings)
    assert given.status is HTTPStatus.SERVICE_UNAVAILABLE
    assert ("Retry-After", "30") in given.headers


def test_retry_after_is_never_zero(settings: WebSettings) -> None:
    given = ask(MASTER, CANNOT_TELL, replace(settings, retry_after=timedelta(milliseconds=100)))
    assert ("Retry-After", "1") in given.headers


@pytest.mark.parametrize("knowledge", [ASSIGNED, *OF_WHICH_WE_CANNOT_SAY])
@pytest.mark.parametrize("path", [MASTER, REGISTRATION, LINES, REGISTRATION.upper()])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST"])
def test_no_phone_but_a_new_one_ever_sees_the_autoprovision_user(
    method: str, path: str, knowledge: Knowledge, settings: WebSettings
) -> None:
    assert b"autoprovision" not in ask(path, knowledge, settings, method=method).body


@pytest.mark.parametrize("knowledge", [*NEW, ASSIGNED, *OF_WHICH_WE_CANNOT_SAY])
@pytest.mark.parametrize(
    "path",
    [
        f"/{MAC}-phone.cfg",
        f"/{MAC}-web.cfg",
        f"/{MAC}-directory.xml",
        "/000000000000-directory.xml",
        "/000000000000-license.cfg",
        "/license.cfg",
        "/sip.ver",
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
def test_every_other_file_is_simply_not_there(path: str, knowledge: Knowledge, settings: WebSettings) -> None:
    assert ask(path, knowledge, settings).status is HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("path", [f"/{MAC}-boot.log", f"/{MAC}-app.log", f"/{MAC.upper()}-APP.LOG"])
def test_an_uploaded_log_is_accepted(path: str, settings: WebSettings) -> None:
    assert ask(path, CANNOT_TELL, settings, method="PUT").status is HTTPStatus.OK


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS", "PROPFIND", "TRACE", "PUT", "get", ""])
def test_no_method_is_ever_answered_405(method: str, settings: WebSettings) -> None:
    assert ask(MASTER, ASSIGNED, settings, method=method).status is HTTPStatus.NOT_FOUND


def test_a_mac_in_upper_case_is_the_same_phone(settings: WebSettings) -> None:
    path = f"/{MAC.upper()}-registration.cfg"
    assert ask(path, Stranger(), settings) == ask(REGISTRATION, Stranger(), settings)


def test_files_stand_below_the_prefix_alone(settings: WebSettings) -> None:
    below = replace(settings, path_prefix="/boot")
    assert ask("/boot/000000000000.cfg", CANNOT_TELL, below).status is HTTPStatus.OK
    assert ask("/000000000000.cfg", CANNOT_TELL, below).status is HTTPStatus.NOT_FOUND


def test_phone_files_are_xml_and_never_cached(settings: WebSettings) -> None:
    given = ask(REGISTRATION, Stranger(), settings)
    assert dict(given.headers) == {"Content-Type": "text/xml; charset=utf-8", "Cache-Control": "no-store"}


@pytest.mark.parametrize(("transport", "word"), [("udp", b"UDPOnly"), ("tcp", b"TCPOnly"), ("tls", b"TLS")])
def test_a_phone_is_told_the_transport_in_the_makers_words(settings: WebSettings, transport: str, word: bytes) -> None:
    given = ask(REGISTRATION, Stranger(), replace(settings, registrar_transport=transport))
    assert b'reg.1.server.1.transport="' + word + b'"' in given.body


def test_settings_that_no_phone_could_read_are_an_error(settings: WebSettings) -> None:
    with pytest.raises(PhoneFileError):
        routes.bootstrap(replace(settings, phone_url="http://a b"))
    with pytest.raises(PhoneFileError):
        routes.registration(MacAddress(MAC), generation=0, settings=replace(settings, registrar_host=""))


def test_secrets_do_not_show_in_the_settings(settings: WebSettings) -> None:
    assert "correct horse" not in repr(settings)
    assert "kkkk" not in repr(settings)
