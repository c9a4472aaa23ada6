"""The client against sipXconfig of every era (contract 0), each at its port with credentials or without."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from sipxconfig_client.capabilities import Generation
from sipxconfig_client.client import PROBE_HOLDS, SipxconfigClient
from sipxconfig_client.errors import AccessDenied, NotOffered, Refused, Unreachable
from sipxconfig_client.values import Accepted, Created, Credentials, NewPhone, Phone, UserLine
from sipxconfig_server.era import Era
from sipxconfig_server.records import PhoneRecord
from tests.peers.config_system import ADMIN, ConfigSystem, config_system
from tests.peers.faulty_http import Fault, FaultyHttp

MAC = MacAddress("0004f2a1b2c3")
NEW = NewPhone(MAC, "polycomVVX410", "polycom5.4.3", "Auto-provisioned\n  ID: <KTM4PX> & Zürich\n")
OLD_ERAS = [Era.A, Era.B, Era.C]
WITH_OLD_REST = [*OLD_ERAS, Era.D]
CHECKED = Accepted(is_checked=True)
Serve = Callable[..., AbstractContextManager[tuple[ConfigSystem, FaultyHttp, SipxconfigClient]]]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    @contextmanager
    def serve_era(
        era: Era, *, internal: bool = False, credentials: Credentials | None = ADMIN
    ) -> Generator[tuple[ConfigSystem, FaultyHttp, SipxconfigClient]]:
        with config_system(tmp_path, era=era, internal=internal) as system, FaultyHttp(system.url) as proxy:
            client = SipxconfigClient(f"{proxy.url}/sipxconfig", credentials=credentials, timeout=timedelta(seconds=2))
            with closing(client):
                yield system, proxy, client

    return serve_era


def stored(system: ConfigSystem) -> list[PhoneRecord]:
    return [phone.record for phone in system.inventory.phones()]


def posts(proxy: FaultyHttp) -> int:
    return proxy.requests.count("POST /sipxconfig/rest/phone")


@pytest.mark.parametrize(
    ("era", "generation", "takes_version"),
    [
        (Era.A, Generation.OLD_REST, False),
        (Era.B, Generation.OLD_REST, False),
        (Era.C, Generation.OLD_REST, True),
        (Era.D, Generation.NEW_API, True),
    ],
)
def test_what_an_era_speaks_is_found_out_once_and_changes_nothing_there(
    serve: Serve, era: Era, generation: Generation, takes_version: bool
) -> None:
    with serve(era) as (system, proxy, client):
        found = client.capabilities()
        assert (found.generation, found.takes_version) == (generation, takes_version)
        asked = len(proxy.requests)
        assert client.capabilities() is found
        assert len(proxy.requests) == asked
        assert stored(system) == []


@pytest.mark.parametrize("era", [Era.B, Era.C, Era.D])
def test_the_internal_port_needs_no_credentials(serve: Serve, era: Era) -> None:
    with serve(era, internal=True, credentials=None) as (system, _, client):
        client.create(NEW)
        assert [record.serial_number for record in stored(system)] == [str(MAC)]


@pytest.mark.parametrize("era", list(Era))
def test_wrong_credentials_are_an_error_of_the_settings_in_every_era(serve: Serve, era: Era) -> None:
    with serve(era, credentials=Credentials("superadmin", "wrong")) as (_, _, client):
        with pytest.raises(AccessDenied, match="401"):
            client.capabilities()
        with pytest.raises(AccessDenied, match="401"):
            client.create(NEW)


@pytest.mark.parametrize(("era", "version"), [(Era.C, "polycom5.4.3"), (Era.D, "polycom5.4.3")])
def test_a_phone_is_stored_whole_and_with_its_version(serve: Serve, era: Era, version: str) -> None:
    with serve(era) as (system, _, client):
        assert client.create(NEW) in (CHECKED, Created(1000))
        assert stored(system) == [PhoneRecord(str(MAC), "polycomVVX410", version, NEW.description)]


@pytest.mark.parametrize("era", [Era.A, Era.B])
def test_the_earliest_eras_are_sent_no_version_and_store_the_phone_all_the_same(serve: Serve, era: Era) -> None:
    with serve(era) as (system, _, client):
        assert client.create(NEW) == CHECKED
        [record] = stored(system)
        assert (record.serial_number, record.description) == (str(MAC), NEW.description)


@pytest.mark.parametrize("era", OLD_ERAS)
def test_a_phone_sent_twice_is_there_once_and_as_it_was(serve: Serve, era: Era) -> None:
    with serve(era) as (system, _, client):
        client.create(NEW)
        before = stored(system)
        assert client.create(replace(NEW, description="other words")) == CHECKED
        assert stored(system) == before


@pytest.mark.parametrize("era", OLD_ERAS)
def test_asking_whether_a_phone_is_there_never_asks_for_its_master_file(serve: Serve, era: Era) -> None:
    with serve(era) as (_, proxy, client):
        client.create(NEW)
        client.create(replace(NEW, mac=MacAddress("0004f2a1b2c4"), model_id="polycom330", version="polycom3.2.X"))
        assert [request for request in proxy.requests if "/profile/" in request]
        assert not [request for request in proxy.requests if request.endswith((f"{MAC}.cfg", "0004f2a1b2c4.cfg"))]


@pytest.mark.parametrize("era", OLD_ERAS)
def test_what_is_swallowed_without_a_word_is_refused_in_words(serve: Serve, era: Era) -> None:
    with serve(era) as (system, _, client):
        for new, words in (
            (replace(NEW, description="x" * 256), "256 characters"),
            (replace(NEW, description="bell \x07"), "no XML"),
        ):
            with pytest.raises(Refused, match=words):
                client.create(new)
        assert stored(system) == []


def test_a_version_that_no_name_stands_for_alone_is_refused_before_another_is_stored(serve: Serve) -> None:
    with serve(Era.C) as (system, proxy, client):
        client.capabilities()
        asked = len(proxy.requests)
        for version in ("polycom9.9.9", "polycom", None):
            with pytest.raises(Refused, match="version"):
                client.create(replace(NEW, version=version))
        assert (stored(system), len(proxy.requests)) == ([], asked)


@pytest.mark.parametrize("era", OLD_ERAS)
def test_a_make_that_has_no_telling_file_is_accepted_unchecked(serve: Serve, era: Era) -> None:
    with serve(era) as (system, _, client):
        assert client.create(NewPhone(MAC, "SPA501G", None, "words")) == Accepted(is_checked=False)
        assert len(stored(system)) == 1


@pytest.mark.parametrize("era", OLD_ERAS)
def test_what_an_old_era_cannot_do_is_said_and_not_tried(serve: Serve, era: Era) -> None:
    with serve(era) as (_, proxy, client):
        found = client.capabilities()
        assert (found.tells_phones, found.changes_phones) == (False, False)
        asked = len(proxy.requests)
        phone = Phone(1000, str(MAC), "polycomVVX410", "x", None, "", ())
        for attempt in (
            lambda: client.phone(MAC),
            lambda: client.phones(start=0, limit=1),
            lambda: list(client.all_phones()),
            client.models,
            lambda: client.lines(phone),
            lambda: client.update_description(phone, "words"),
            lambda: client.add_line(1000, UserLine("200")),
        ):
            with pytest.raises(NotOffered, match=r"14\.10"):
                attempt()
        assert len(proxy.requests) == asked


@pytest.mark.parametrize("fault", [Fault.STATUS_504_AFTER, Fault.RESET_AFTER, Fault.SILENCE_AFTER])
@pytest.mark.parametrize("era", OLD_ERAS)
def test_an_old_create_whose_answer_was_lost_is_found_by_a_second_look(serve: Serve, era: Era, fault: Fault) -> None:
    with serve(era) as (system, proxy, client):
        client.capabilities()
        sent = posts(proxy)
        proxy.faults.append(fault)
        assert client.create(NEW) == CHECKED
        assert (len(stored(system)), posts(proxy) - sent) == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [Fault.STATUS_500, Fault.STATUS_503, Fault.RESET_BEFORE, Fault.HTML_200, Fault.HTML_404, Fault.REDIRECT],
)
def test_an_old_create_that_did_not_get_there_may_be_tried_again(serve: Serve, fault: Fault) -> None:
    with serve(Era.C) as (system, proxy, client):
        client.capabilities()
        proxy.faults.append(fault)
        with pytest.raises(Unreachable):
            client.create(NEW)
        assert stored(system) == []
        assert client.create(NEW) == CHECKED
        assert len(stored(system)) == 1


@pytest.mark.parametrize("fault", [Fault.HTML_404, Fault.EMPTY_404, Fault.HTML_200, Fault.STATUS_500, Fault.REDIRECT])
def test_a_check_that_fails_is_no_verdict(serve: Serve, fault: Fault) -> None:
    with serve(Era.C) as (system, proxy, client):
        client.capabilities()
        proxy.faults.extend([Fault.NONE, fault])
        with pytest.raises(Unreachable):
            client.create(NEW)
        assert len(stored(system)) == 1


def batch() -> list[NewPhone]:
    phones = [replace(NEW, mac=MacAddress(f"0004f20000{number:02x}")) for number in range(25)]
    phones[3] = replace(phones[3], version="polycom1.0")
    phones[5] = replace(phones[5], model_id="aModelOfTomorrow")
    phones[7] = replace(phones[7], description="x" * 256)
    return phones


def test_a_batch_holds_what_is_sure_to_be_taken_and_the_rest_harms_nobody(serve: Serve) -> None:
    with serve(Era.C) as (system, proxy, client):
        client.capabilities()
        sent = posts(proxy)
        answers = client.create_many(batch())
        assert [place for place, answer in enumerate(answers) if isinstance(answer, Refused)] == [3, 7]
        assert answers[5] == Accepted(is_checked=False)
        assert sum(answer == CHECKED for answer in answers) == 22
        assert len(stored(system)) == 22
        assert posts(proxy) - sent == 3  # the model that nobody knows, and 22 phones twenty at a time


@pytest.mark.parametrize("era", list(Era))
def test_of_a_batch_that_was_lost_on_the_way_every_phone_is_there_once(serve: Serve, era: Era) -> None:
    with serve(era) as (system, proxy, client):
        client.capabilities()
        for fault in (Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.STATUS_500, Fault.NONE):
            proxy.faults.extend([Fault.NONE, Fault.NONE, fault])
            answers = client.create_many(batch()[8:])
        assert not [answer for answer in answers if isinstance(answer, Refused | Unreachable)]
        assert sorted(record.serial_number for record in stored(system)) == [str(new.mac) for new in batch()[8:]]


@pytest.mark.parametrize("fault", [Fault.HTML_404, Fault.EMPTY_404, Fault.REDIRECT])
def test_one_stray_answer_does_not_take_the_new_api_away(serve: Serve, fault: Fault) -> None:
    with serve(Era.D) as (_, proxy, client):
        proxy.faults.append(fault)
        assert client.capabilities().generation is Generation.NEW_API


@pytest.mark.parametrize("fault", [Fault.STATUS_500, Fault.STATUS_503, Fault.RESET_BEFORE, Fault.HTML_200])
def test_an_outage_at_the_probe_is_no_generation(serve: Serve, fault: Fault) -> None:
    with serve(Era.D) as (_, proxy, client):
        proxy.faults.extend([fault, fault])
        for _attempt in range(2):
            with pytest.raises(Unreachable):
                client.capabilities()
        assert client.capabilities().generation is Generation.NEW_API


def test_an_address_where_something_else_answers_is_no_generation(serve: Serve) -> None:
    with serve(Era.D) as (system, _, _):
        client = SipxconfigClient(f"{system.url}/elsewhere", credentials=ADMIN)
        with closing(client), pytest.raises(Unreachable, match="address is wrong"):
            client.capabilities()


@pytest.fixture
def exchanged(tmp_path: Path) -> Callable[[Era, Era, float], tuple[Generation, Generation]]:
    """What a client finds before and after a server was exchanged for another on its port, so many seconds later."""

    def found(before: Era, after: Era, later: float) -> tuple[Generation, Generation]:
        seconds = [0.0]
        with config_system(tmp_path, era=before) as system:
            port = int(system.url.rpartition(":")[2])
            client = SipxconfigClient(system.base_url, credentials=ADMIN, seconds=lambda: seconds[0])
            first = client.capabilities().generation
        seconds[0] += later
        with config_system(tmp_path, era=after, port=port), closing(client):
            return first, client.capabilities().generation

    return found


def test_an_upgrade_is_noticed_within_the_hour(
    exchanged: Callable[[Era, Era, float], tuple[Generation, Generation]],
) -> None:
    hour = PROBE_HOLDS.total_seconds()
    assert exchanged(Era.C, Era.D, hour - 1) == (Generation.OLD_REST, Generation.OLD_REST)
    assert exchanged(Era.C, Era.D, hour) == (Generation.OLD_REST, Generation.NEW_API)


def test_a_server_that_went_back_is_noticed_at_its_first_answer(tmp_path: Path) -> None:
    with config_system(tmp_path, era=Era.D) as system:
        port = int(system.url.rpartition(":")[2])
        client = SipxconfigClient(system.base_url, credentials=ADMIN)
        client.capabilities()
    with config_system(tmp_path, era=Era.B, port=port), closing(client):
        with pytest.raises(Unreachable):
            client.create(NEW)
        assert client.create(NEW) == CHECKED


def test_a_version_that_an_older_sipxconfig_lacks_gives_way_to_the_next_one_below(serve: Serve) -> None:
    with serve(Era.D) as (system, _, client):
        client.create(replace(NEW, version="polycom5.9.5"))
        assert [record.version for record in stored(system)] == ["polycom5.5.2"]
