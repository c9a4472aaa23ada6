from datetime import timedelta

import pytest

from simulated_phone.boot import BootServer as BootServerClient
from simulated_phone.boot import Configured, NotConfigured
from simulated_phone.event_log import EventLog
from simulated_phone.file_transport import FileTransport
from simulated_phone.identity import Identity, identify
from tests.peers.boot_server import BootServer, Fails, Fault, Hangs, HangsUp, boot_server

_IDENTITY = identify(mac="0004f2abcdef", model="VVX_500", firmware="5.9.7.4477")
_OWN, _WILDCARD = "/0004f2abcdef.cfg", "/000000000000.cfg"
_REGISTRATION = "/0004f2abcdef-registration.cfg"
_MASTER = '<APPLICATION APP_FILE_PATH="sip.ld" CONFIG_FILES="[PHONE_MAC_ADDRESS]-registration.cfg"/>'
_FILES = {_WILDCARD: _MASTER, _REGISTRATION: '<polycomConfig reg.1.label="KTM4PX"/>'}


def _client(url: str, log: EventLog | None = None, *, phone: Identity = _IDENTITY) -> BootServerClient:
    transport = FileTransport(phone, listen="127.0.0.1", timeout=timedelta(milliseconds=300))
    report = (log or EventLog()).record
    return BootServerClient(url, identity=phone, transport=transport, report=report)


def _paths(server: BootServer) -> list[str]:
    return [request.path for request in server.requests]


def test_files_are_asked_for_in_the_order_of_a_real_phone() -> None:
    with boot_server(_FILES) as server:
        client = _client(server.url)
        client.update()
        assert client.configuration() == Configured({"reg.1.label": "KTM4PX"})
        assert _paths(server) == [
            _OWN,
            _WILDCARD,
            "/3111-44500-001.sip.ld",
            "/0004f2abcdef-boot.log",
            _OWN,
            _WILDCARD,
            _REGISTRATION,
            "/0004f2abcdef-phone.cfg",
            "/0004f2abcdef-web.cfg",
            "/000000000000-license.cfg",
            "/0004f2abcdef-license.cfg",
            "/0004f2abcdef-calls.xml",
            "/0004f2abcdef-directory.xml",
            "/000000000000-directory.xml",
            "/0004f2abcdef-app.log",
        ]


def test_an_old_phone_asks_for_its_boot_rom_and_for_less() -> None:
    phone = identify(mac="0004f2abcdef", model="SPIP_601", firmware="3.1.8.0070")
    master = """<APPLICATION APP_FILE_PATH="sip.ld" CONFIG_FILES="new.cfg" LOG_FILE_DIRECTORY="http://0.0.0.0">
        <APPLICATION_SPIP601 CONFIG_FILES_SPIP601="old.cfg"/></APPLICATION>"""
    with boot_server({_WILDCARD: master, "/old.cfg": '<phone1><reg reg.1.label="KTM4PX"/></phone1>'}) as server:
        client = _client(server.url, phone=phone)
        client.update()
        assert client.configuration() == Configured({"reg.1.label": "KTM4PX"})
        assert _paths(server) == [
            _OWN,
            _WILDCARD,
            "/bootrom.ld",
            "/sip.ld",
            _OWN,
            _WILDCARD,
            "/old.cfg",
            "/0004f2abcdef-phone.cfg",
            "/0004f2abcdef-directory.xml",
            "/000000000000-directory.xml",
        ]
        assert {request.user_agent for request in server.requests} == {
            "FileTransport PolycomSoundPointIP-SPIP_601-UA/4.2.2.0710",
            "FileTransport PolycomSoundPointIP-SPIP_601-UA/3.1.8.0070",
        }


def test_a_phone_of_4_0_asks_for_no_licence_of_its_own_and_no_calls() -> None:
    phone = identify(mac="0004f2abcdef", model="SPIP_550", firmware="4.0.15.1009")
    with boot_server(_FILES) as server:
        _client(server.url, phone=phone).configuration()
        assert _paths(server)[3:] == [
            "/0004f2abcdef-phone.cfg",
            "/0004f2abcdef-web.cfg",
            "/000000000000-license.cfg",
            "/0004f2abcdef-directory.xml",
            "/000000000000-directory.xml",
            "/0004f2abcdef-app.log",
        ]


def test_an_old_phone_does_not_read_files_of_the_new_form() -> None:
    log = EventLog()
    phone = identify(mac="0004f2abcdef", model="SPIP_601", firmware="3.1.8.0070")
    with boot_server(_FILES) as server:
        assert _client(server.url, log, phone=phone).configuration() == NotConfigured(None)
    (event,) = log.find("bad-file")
    assert event.facts["reason"] == "this firmware does not read <polycomConfig>"


def test_directories_of_the_master_say_where_optional_files_are() -> None:
    master = """<APPLICATION OVERRIDES_DIRECTORY="own/" CONTACTS_DIRECTORY="http://0.0.0.0"
        CALL_LISTS_DIRECTORY="http://0.0.0.0" LOG_FILE_DIRECTORY="http://0.0.0.0"/>"""
    with boot_server({_WILDCARD: master}) as server:
        _client(server.url).configuration()
        assert _paths(server)[2:] == [
            "/own/0004f2abcdef-phone.cfg",
            "/own/0004f2abcdef-web.cfg",
            "/000000000000-license.cfg",
            "/0004f2abcdef-license.cfg",
        ]


def test_updater_and_application_name_themselves() -> None:
    with boot_server(_FILES) as server:
        client = _client(server.url)
        client.update()
        client.configuration()
        assert [request.user_agent for request in server.asked(_OWN)] == [
            "FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater",
            "FileTransport PolycomVVX-VVX_500-UA/5.9.7.4477 Type/Application",
        ]


@pytest.mark.parametrize("fault", [Fails(404), Fails(500), Fails(503), Hangs(), HangsUp()])
def test_after_any_failure_of_its_own_master_the_phone_asks_for_the_twelve_zeros(fault: Fault) -> None:
    with boot_server({**_FILES, _OWN: "<APPLICATION/>"}) as server:
        server.faults[_OWN] = fault
        assert _client(server.url).configuration() == Configured({"reg.1.label": "KTM4PX"})


def test_its_own_master_is_enough_where_it_can_be_had() -> None:
    with boot_server({**_FILES, _OWN: "<APPLICATION/>"}) as server:
        assert _client(server.url).configuration() == Configured({})
        assert not server.asked(_WILDCARD)


def test_a_master_that_is_named_in_the_servers_address_is_asked_for_first() -> None:
    with boot_server({f"/phones{path}": text for path, text in _FILES.items()}) as server:
        assert isinstance(_client(f"{server.url}phones/000000000000.cfg").configuration(), Configured)
        assert _paths(server)[0] == "/phones/000000000000.cfg"


def test_a_configuration_file_that_fails_spoils_the_whole_and_hands_on_when_to_retry() -> None:
    with boot_server(_FILES) as server:
        server.faults[_REGISTRATION] = Fails(503, retry_after=30)
        assert _client(server.url).configuration() == NotConfigured(timedelta(seconds=30))


def test_no_master_at_all_hands_on_when_to_retry() -> None:
    with boot_server() as server:
        server.faults[_WILDCARD] = Fails(503, retry_after=7)
        assert _client(server.url).configuration() == NotConfigured(timedelta(seconds=7))


def test_a_server_that_is_not_there_is_an_outage_that_is_told() -> None:
    with boot_server() as server:
        url = server.url
    log = EventLog()
    assert _client(url, log).configuration() == NotConfigured(None)
    assert [event.facts["status"] for event in log.events] == [None, None]


@pytest.mark.parametrize("path", [_WILDCARD, _REGISTRATION])
def test_a_file_that_is_not_xml_is_told_and_not_used(path: str) -> None:
    log = EventLog()
    with boot_server({**_FILES, path: "Not found, sorry."}) as server:
        assert _client(server.url, log).configuration() == NotConfigured(None)
    assert len(log.find("bad-file")) == 1


def test_files_are_had_from_another_server_where_the_master_names_one() -> None:
    with boot_server({"/x/0004f2abcdef.cfg": '<polycomConfig reg.1.label="there"/>'}) as other:
        names = f'<APPLICATION CONFIG_FILES="{other.url}x/[PHONE_MAC_ADDRESS].cfg"/>'
        with boot_server({_WILDCARD: names}) as server:
            assert _client(server.url).configuration() == Configured({"reg.1.label": "there"})


def test_files_over_another_protocol_are_beyond_this_phone() -> None:
    with boot_server({_WILDCARD: '<APPLICATION CONFIG_FILES="ftp://127.0.0.1/a.cfg"/>'}) as server:
        assert _client(server.url).configuration() == NotConfigured(None)


def test_what_the_phone_wrote_back_itself_wins() -> None:
    own_words = '<PHONE_CONFIG><OVERRIDES reg.1.label="mine"/></PHONE_CONFIG>'
    with boot_server({**_FILES, "/0004f2abcdef-phone.cfg": own_words}) as server:
        assert _client(server.url).configuration() == Configured({"reg.1.label": "mine"})


@pytest.mark.parametrize(
    ("directory", "written"),
    [("", "/0004f2abcdef-app.log"), ("logs", "/logs/0004f2abcdef-app.log"), ("http://0.0.0.0", None)],
)
def test_the_log_is_written_where_the_master_says(directory: str, written: str | None) -> None:
    with boot_server({_WILDCARD: f'<APPLICATION LOG_FILE_DIRECTORY="{directory}"/>'}) as server:
        _client(server.url).configuration()
        puts = [request.path for request in server.requests if request.method == "PUT"]
        assert puts == ([] if written is None else [written])
