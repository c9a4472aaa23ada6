from collections.abc import Callable
from functools import partial

import pytest

from autoprov_phones.description import Description
from autoprov_phones.mac import MacAddress
from autoprov_phones.unique_id import UniqueId
from autoprov_queue.order import OrderKind
from autoprov_worker.replacing import NotReplaceable, Replacing
from sipxconfig_client.errors import Refused, Unreachable
from sipxconfig_client.values import ExternalLine, UserLine
from tests.autoprov_queue.values import MAC, OTHER_MAC
from tests.autoprov_worker.site import Site
from tests.peers.faulty_http import Fault

OURS = Description(UniqueId("KTM4PX"), "", "").text
NAME = "Reception, ground floor"
EXTERNAL = ExternalLine("7001", "Desk", "secret", "sip.example.org", 5070)
Replace = Callable[..., list[str]]


@pytest.fixture
def replace(site: Site) -> Replace:
    def replace_phone(old: MacAddress = MAC, new: MacAddress = OTHER_MAC, *, delete_old: bool = False) -> list[str]:
        said: list[str] = []
        replacing = Replacing(site.client, partial(site.queue.order, OrderKind.FOLLOW), lambda _mac: OURS, said.append)
        replacing.replace(old, new, delete_old=delete_old)
        return said

    return replace_phone


def two_phones(site: Site, *, new_model: str = "polycomVVX410") -> None:
    site.add_phone(MAC, description=NAME)
    site.assign(MAC, user="200")
    site.admin.add_line(site.phone(MAC).id, EXTERNAL)
    site.add_phone(OTHER_MAC, description=OURS, model_id=new_model)


def labels(site: Site, mac: MacAddress) -> list[str]:
    return [line.user or line.user_id for line in site.phone(mac).lines]


@pytest.mark.parametrize("new_model", ["polycomVVX410", "polycom335"])
def test_the_new_phone_takes_over_lines_and_name_and_the_old_one_has_neither(
    site: Site, replace: Replace, new_model: str
) -> None:
    two_phones(site, new_model=new_model)
    said = replace()
    assert (labels(site, MAC), labels(site, OTHER_MAC)) == ([], ["200", "7001"])
    assert (site.phone(MAC).description, site.phone(OTHER_MAC).description) == (OURS, NAME)
    assert site.phone(OTHER_MAC).lines[1].password == EXTERNAL.password
    assert site.phone(OTHER_MAC).model_id == new_model
    assert set(site.ordered(OrderKind.FOLLOW)) == {OTHER_MAC, MAC}
    assert [f"{MAC} has no line any more" in said, f"{OTHER_MAC} has the Description of {MAC}" in said] == [True, True]


def test_a_model_that_takes_fewer_lines_takes_none(site: Site, replace: Replace) -> None:
    two_phones(site, new_model="polycomRealPresenceTrio")
    with pytest.raises(NotReplaceable, match="has 2 lines"):
        replace()
    assert (labels(site, MAC), labels(site, OTHER_MAC)) == (["200", "7001"], [])


def test_the_old_phone_is_deleted_where_that_is_wanted(site: Site, replace: Replace) -> None:
    two_phones(site)
    assert f"{MAC} is deleted in the config system; if it boots again it is a new phone" in replace(delete_old=True)
    assert site.admin.phone(MAC) is None
    replace(delete_old=True)  # again: it is done
    assert labels(site, OTHER_MAC) == ["200", "7001"]


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.STATUS_503])
def test_whatever_request_fails_no_line_is_ever_nowhere_and_the_same_call_ends_it(
    site: Site, replace: Replace, fault: Fault
) -> None:
    two_phones(site)
    failed_at, stopped = 0, True
    while stopped:
        site.proxy.faults.extend([*[Fault.NONE] * failed_at, fault, fault, fault])
        try:
            replace()
            stopped = len(site.proxy.faults) < 3
        except Unreachable:
            lined = {*labels(site, MAC), *labels(site, OTHER_MAC)}
            assert {"200", "7001"} <= lined
        site.proxy.faults.clear()
        failed_at += 1
        assert failed_at < 60
    assert (labels(site, MAC), labels(site, OTHER_MAC)) == ([], ["200", "7001"])
    assert (site.phone(MAC).description, site.phone(OTHER_MAC).description) == (OURS, NAME)


def test_done_twice_is_done_once(site: Site, replace: Replace) -> None:
    two_phones(site)
    replace()
    said = replace()
    assert f"{MAC} has no line, {OTHER_MAC} has 200, 7001" in said
    assert labels(site, OTHER_MAC) == ["200", "7001"]


def test_a_name_that_the_new_phone_has_already_stays(site: Site, replace: Replace) -> None:
    two_phones(site)
    site.admin.update_description(site.phone(OTHER_MAC), "Kitchen")
    assert f"{OTHER_MAC} keeps its own Description" in replace()
    assert (site.phone(MAC).description, site.phone(OTHER_MAC).description) == (NAME, "Kitchen")


def test_a_text_of_ours_is_no_name_to_hand_over(site: Site, replace: Replace) -> None:
    two_phones(site)
    site.admin.update_description(site.phone(MAC), Description(UniqueId("3RWX45"), "", "").text)
    assert not any("Description" in each for each in replace())
    assert site.phone(OTHER_MAC).description == OURS


def test_an_account_at_another_registrar_is_another_line(site: Site, replace: Replace) -> None:
    two_phones(site)
    elsewhere = ExternalLine("7001", "Desk", "secret", "sip.example.com", 5070)
    site.admin.add_line(site.phone(OTHER_MAC).id, elsewhere)
    with pytest.raises(NotReplaceable, match="lines of its own: 7001"):
        replace()


def test_a_line_that_the_old_phone_gets_meanwhile_is_not_lost(site: Site, replace: Replace) -> None:
    two_phones(site)
    site.admin.update_description(site.phone(MAC), OURS)
    site.proxy.before = lambda request: _assign_meanwhile(site) if request.startswith("POST") else None
    with pytest.raises(Unreachable, match="the phones' lines changed meanwhile"):
        replace()
    assert labels(site, MAC) == ["200", "7001", "205"]


def test_what_cannot_be_replaced_is_said_before_anything_is_changed(site: Site, replace: Replace) -> None:
    with pytest.raises(NotReplaceable, match="itself"):
        replace(MAC, MAC)
    with pytest.raises(NotReplaceable, match="plug it in"):
        replace()
    site.add_phone(OTHER_MAC)
    for delete_old in (False, True):
        with pytest.raises(NotReplaceable, match=f"{MAC} is not in the config system"):
            replace(delete_old=delete_old)
    site.add_phone(MAC)
    with pytest.raises(NotReplaceable, match="has no line"):
        replace()
    site.assign(MAC, user="200")
    site.assign(OTHER_MAC, user="201")
    with pytest.raises(NotReplaceable, match="lines of its own: 201"):
        replace()
    assert (labels(site, MAC), labels(site, OTHER_MAC)) == (["200"], ["201"])


def test_a_line_that_is_refused_leaves_the_old_phone_all_of_its_lines(site: Site, replace: Replace) -> None:
    two_phones(site)
    full = site.phone(OTHER_MAC)
    site.proxy.before = lambda request: _fill(site, full.id) if request.startswith("POST") else None
    with pytest.raises(Refused, match="as many lines"):
        replace()
    assert labels(site, MAC) == ["200", "7001"]


def _fill(site: Site, phone_id: int) -> None:
    site.proxy.before = lambda _request: None
    for number in range(12):
        site.admin.add_line(phone_id, UserLine(str(205 + number)))


def _assign_meanwhile(site: Site) -> None:
    site.proxy.before = lambda _request: None
    site.admin.add_line(site.phone(MAC).id, UserLine("205"))
