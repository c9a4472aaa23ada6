from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from autoprov.lists.phone_import import RowResult, Verdict, carry_out, judge
from autoprov.lists.phones_csv import BadRow, CsvPhone, read_csv
from sipxconfig_client.capabilities import Capabilities, Generation
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.values import Model
from tests.autoprov.commanding import Installation, installation
from tests.autoprov_queue.values import MAC, nth_mac
from tests.peers.config_system import ADMIN
from tests.peers.faulty_http import Fault, FaultyHttp

MODELS = {
    "polycomVVX410": Model("polycomVVX410", "VVX 410", "Polycom", ("polycom5.4.3", "polycom5.5.2")),
    "polycom5000": Model("polycom5000", "IP 5000", "Polycom", ("polycom4.0.X",)),
}
TODAY, OLD = Capabilities(Generation.NEW_API, models=MODELS), Capabilities(Generation.OLD_REST)


@pytest.fixture
def here(tmp_path: Path) -> Generator[Installation]:
    with installation(tmp_path) as made:
        yield made


def rows(count: int) -> str:
    return "mac,model\n" + "".join(f"{nth_mac(number)},polycomVVX410\n" for number in range(count))


def row(
    model_id: str = "polycomVVX410", *, version: str = "", description: str = "", users: tuple[str, ...] = ()
) -> CsvPhone:
    return CsvPhone(7, MAC, model_id, version, description, users)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row("polycomVVX500"), "no model 'polycomVVX500'"),
        (row(version="polycom5.4"), "no version 'polycom5.4'; it has polycom5.4.3, polycom5.5.2"),
        (row(description="x" * 256), "256 characters"),
        (row(description="a\tb"), "cannot be printed"),
        (row("polycom5000", users=("200", "201")), "2 lines"),
    ],
)
def test_what_would_never_be_taken_is_named_beforehand(bad: CsvPhone, reason: str) -> None:
    good, ((found),) = judge([bad], TODAY)
    assert (good, isinstance(found, BadRow), found.row) == ([], True, 7)
    assert reason in found.reason


def test_a_row_without_a_version_gets_one_that_this_config_system_has() -> None:
    ((_, new),), bad = judge([row(description="two\nlines")], TODAY)
    assert (new.version, bad) == ("polycom5.5.2", [])


def test_an_old_generation_has_the_models_of_the_table_and_takes_no_lines() -> None:
    good, bad = judge([row("polycomVVX500"), row(users=("200",))], OLD)
    assert ([new.model_id for _, new in good], len(bad)) == (["polycomVVX500"], 1)


@pytest.mark.parametrize("fault", [Fault.STATUS_503, Fault.RESET_AFTER, Fault.DENIED])
def test_when_the_config_system_fails_in_the_middle_it_is_told_what_was_done(here: Installation, fault: Fault) -> None:
    with FaultyHttp(here.system.url) as proxy:
        client = SipxconfigClient(f"{proxy.url}/sipxconfig", credentials=ADMIN)
        with closing(client):
            good, _ = judge(read_csv(rows(50).encode())[0], client.capabilities())
            proxy.faults.extend([Fault.NONE] * 90 + [fault] * 10)
            results: list[RowResult] = list(carry_out(good, client, order_follow=lambda _mac: None))
    assert len(results) == 50
    verdicts = [result.verdict for result in results]
    assert verdicts[0] is Verdict.CREATED
    assert (verdicts[-1], results[-1].detail) == (Verdict.NOT_DONE, "not tried")
    created = {str(result.mac) for result in results if result.is_done}
    perhaps = {str(result.mac) for result in results if "not tried" not in result.detail}
    assert created <= {phone.record.serial_number for phone in here.system.inventory.phones()} <= perhaps
    assert here.run("phones", "import", "-", stdin=rows(50)).exit_code == 0
    there = [phone.record.serial_number for phone in here.system.inventory.phones()]
    assert sorted(there) == [str(nth_mac(number)) for number in range(50)]
