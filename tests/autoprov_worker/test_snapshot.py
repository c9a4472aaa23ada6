from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_queue.entry import EntryState
from autoprov_queue.order import OrderKind
from autoprov_worker.knowledge import Knowledge
from autoprov_worker.snapshot import take_snapshot
from sipxconfig_client.values import NewPhone
from sipxconfig_server.records import PhoneRecord
from tests.autoprov_queue.values import MAC, NOON, OTHER_MAC, detected, nth_mac
from tests.autoprov_worker.site import SETTINGS, Site, site_in
from tests.peers.faulty_http import Fault

UNASSIGNED = SpoolEntry(PhoneState.UNASSIGNED)


def state_of(site: Site, number: int) -> str | None:
    spooled = site.spooled(nth_mac(number))
    return None if spooled is None else spooled.state


def test_assigned_and_unassigned_phones_are_told_apart(site: Site) -> None:
    site.add_phone(MAC)
    site.add_phone(OTHER_MAC)
    site.assign(OTHER_MAC)
    assert site.snapshot()
    assigned = site.spooled(OTHER_MAC)
    assert site.spooled(MAC) == UNASSIGNED
    assert assigned is not None
    assert assigned.state == PhoneState.ASSIGNED
    assert sorted(assigned.files) == [f"{OTHER_MAC}-lines.cfg", f"{OTHER_MAC}.cfg"]


def test_an_empty_config_system_makes_everybody_a_stranger(site: Site) -> None:
    assert site.snapshot()
    assert site.snapshot_time() == NOON.timestamp()


def test_the_snapshots_time_is_that_of_its_start(site: Site) -> None:
    def takes_time(_request: str) -> None:
        site.clock.forward(timedelta(minutes=1))

    site.proxy.before = takes_time
    site.snapshot()
    assert site.snapshot_time() == NOON.timestamp()


def test_a_phone_whose_serial_number_is_no_mac_is_passed_over(site: Site) -> None:
    site.server.inventory.add_phone(PhoneRecord("softphone-of-ada", "counterpathCMCEnterprise", None, None))
    site.add_phone(MAC)
    assert site.snapshot()
    assert site.spool.macs() == {MAC}


def test_where_the_config_system_serves_assigned_phones_the_spool_has_no_files(tmp_path: Path) -> None:
    with site_in(tmp_path, settings=replace(SETTINGS, own_files=None)) as site:
        site.add_phone()
        site.assign()
        site.snapshot()
        assert site.spooled() == SpoolEntry(PhoneState.ASSIGNED)


def test_a_phone_assigned_at_the_config_systems_own_pages_is_followed(site: Site) -> None:
    site.add_phone()
    site.snapshot()
    site.assign()
    site.snapshot()
    assert site.ordered(OrderKind.FOLLOW) == [MAC]
    site.step()
    assert site.ordered(OrderKind.RESYNC) == [MAC]


def test_a_phone_that_was_assigned_before_we_knew_it_is_not_disturbed(site: Site) -> None:
    site.add_phone()
    site.assign()
    site.snapshot()
    site.snapshot()
    assert site.queue.pending_orders() == []


def test_a_line_that_changed_is_written_into_the_phones_files(site: Site) -> None:
    site.add_phone()
    site.assign(user="205")
    site.snapshot()
    site.server.inventory.add_user("205", display_name="Ada", sip_password="changed-password")
    site.snapshot()
    spooled = site.spooled()
    assert spooled is not None
    assert b"changed-password" in spooled.files[f"{MAC}-lines.cfg"]


def test_a_phone_that_lost_its_line_is_unassigned_again(site: Site) -> None:
    site.add_phone()
    site.assign()
    site.snapshot()
    site.server.inventory.delete_lines(site.phone().id)
    site.snapshot()
    assert site.spooled() == UNASSIGNED


def test_a_phone_deleted_in_the_config_system_is_a_stranger_and_new_at_its_next_register(site: Site) -> None:
    site.queue.put([detected()])
    site.step()
    site.delete()
    site.snapshot()
    assert site.spooled() is None
    assert site.queue.find(MAC) is None
    site.queue.put([detected()])
    site.step()
    assert site.entry().state is EntryState.CREATED
    assert site.phone().is_unassigned


def test_a_deleted_phone_keeps_its_raised_generation(site: Site) -> None:
    site.spool.write(MAC, SpoolEntry(PhoneState.ASSIGNED, 3))
    site.snapshot()
    assert site.spooled() == SpoolEntry(PhoneState.UNASSIGNED, 3)


@pytest.mark.parametrize("fault", [Fault.STATUS_500, Fault.RESET_BEFORE, Fault.HALF_ANSWER_AFTER, Fault.HTML_200])
def test_a_pass_that_fails_half_way_removes_nothing_and_vouches_for_nothing(site: Site, fault: Fault) -> None:
    for number in range(250):
        site.server.inventory.add_phone(PhoneRecord(nth_mac(number).hex, "polycomVVX410", None, None))
    site.snapshot()
    site.delete(nth_mac(0))
    site.clock.forward(timedelta(minutes=5))
    site.proxy.faults.extend([Fault.NONE, fault])
    assert not site.snapshot()
    assert state_of(site, 0) == PhoneState.UNASSIGNED
    assert site.snapshot_time() == NOON.timestamp()
    site.clock.forward(timedelta(seconds=2))
    assert site.snapshot()
    assert state_of(site, 0) is None


def test_a_config_system_that_is_down_is_not_asked_until_the_next_attempt_is_due(site: Site) -> None:
    site.proxy.faults.extend([Fault.STATUS_503] * 9)
    assert not site.snapshot()
    assert not site.snapshot()
    assert len(site.proxy.requests) == 1
    assert site.snapshot_time() is None


def test_an_empty_answer_that_hides_a_phone_does_not_make_it_a_stranger(site: Site) -> None:
    site.add_phone()
    site.assign()
    site.snapshot()
    site.proxy.faults.extend([Fault.EMPTY_404] * 2)
    site.snapshot()
    assert state_of_mac(site) == PhoneState.ASSIGNED


@pytest.mark.parametrize("hidden_page", [Fault.NONE, Fault.STATUS_503])
def test_one_empty_answer_for_a_phone_just_assigned_does_not_make_it_a_stranger(site: Site, hidden_page: Fault) -> None:
    site.add_phone()
    site.snapshot()
    site.assign()
    site.queue.order(OrderKind.FOLLOW, MAC)
    site.proxy.faults.extend([Fault.EMPTY_404, hidden_page])
    site.step()
    site.clock.forward(timedelta(seconds=2))
    site.step()
    assert state_of_mac(site) == PhoneState.ASSIGNED


def state_of_mac(site: Site) -> str | None:
    spooled = site.spooled()
    return None if spooled is None else spooled.state


def test_a_phone_assigned_while_its_page_was_on_the_way_is_not_downgraded(site: Site) -> None:
    site.add_phone()
    stale = site.phone()
    knowledge = Knowledge(site.queue, site.client, site.spool, SETTINGS)
    site.assign()
    knowledge.look(MAC)
    knowledge.learn(MAC, stale)
    assert state_of_mac(site) == PhoneState.ASSIGNED


def test_a_phone_whose_entry_is_damaged_is_looked_at_again(site: Site) -> None:
    site.add_phone()
    site.snapshot()
    (site.folder / "spool" / f"{MAC}.phone").write_bytes(b"autoprov-spool 1\nst")
    site.snapshot()
    assert site.spooled() == UNASSIGNED


def test_work_that_comes_during_a_long_pass_does_not_wait_for_its_end(site: Site) -> None:
    for number in range(450):
        site.server.inventory.add_phone(PhoneRecord(nth_mac(number).hex, "polycomVVX410", None, None))
    site.queue.put([detected()])
    created_between: list[bool] = []

    def between() -> None:
        site.step()
        created_between.append(site.entry().state is EntryState.CREATED)

    assert site.worker.take_snapshot(site.clock, between=between)
    assert created_between == [True, True]


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["console", "pages", "unassign", "delete", "create"]), st.integers(0, 5)), max_size=12
)


@given(before=ACTIONS, during=ACTIONS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_during_a_pass_a_phone_that_had_its_line_throughout_is_known_as_assigned(
    site: Site, before: list[tuple[str, int]], during: list[tuple[str, int]]
) -> None:
    knowledge = Knowledge(site.queue, site.admin, site.spool, SETTINGS)
    for action, number in [("create", number) for number in range(6)] + before:
        act(site, knowledge, action, number)
    had_line, followed = lined(site), set[int]()
    rest = list(during)

    def meanwhile() -> None:
        if rest:
            action, number = rest.pop(0)
            act(site, knowledge, action, number)
            had_line.intersection_update(lined(site))
            followed.intersection_update(lined(site))
            if action == "console":
                followed.update({number} & lined(site))

    def ahead_of_request(_request: str) -> None:
        if rest and rest[0][0] != "console":  # which would wait for the lock under which a single phone is asked for
            meanwhile()

    site.proxy.before = ahead_of_request
    take_snapshot(site.client, knowledge, site.spool, now=NOON, between=meanwhile, breath=1)
    site.proxy.before = lambda _request: None
    assert {number for number in had_line | followed if state_of(site, number) != PhoneState.ASSIGNED} == set()
    for phone in list(site.admin.all_phones()):
        site.server.inventory.delete_phone(phone.id)


def lined(site: Site) -> set[int]:
    assigned = {phone.mac for phone in site.admin.all_phones() if not phone.is_unassigned}
    return {number for number in range(6) if nth_mac(number) in assigned}


def act(site: Site, knowledge: Knowledge, action: str, number: int) -> None:
    mac = nth_mac(number)
    phone = site.admin.phone(mac)
    match action:
        case "create":
            site.admin.create(NewPhone(mac, "polycomVVX410", None, ""))
        case "console" if phone is not None:  # assigned at our page, and followed at once
            site.assign(mac)
            knowledge.look(mac)
        case "pages" if phone is not None:  # assigned at the config system's own pages, which tell nobody
            site.assign(mac)
        case "unassign" if phone is not None:
            site.server.inventory.delete_lines(phone.id)
        case "delete" if phone is not None:
            site.server.inventory.delete_phone(phone.id)
        case _:
            pass
