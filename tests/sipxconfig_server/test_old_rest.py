"""The old REST in compact cases that no recording shows; each is a line of the contract."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

import pytest
import requests

from sipxconfig_server.app import create_app
from sipxconfig_server.authentication import AdminAccount
from sipxconfig_server.era import Era
from sipxconfig_server.records import PhoneRecord
from sipxconfig_server.store import Inventory
from tests.peers.serving import serving

ADMIN = AdminAccount("superadmin", "admin123")
Serve = Callable[..., AbstractContextManager[str]]


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with closing(Inventory(tmp_path / "inventory.sqlite")) as opened:
        yield opened


@pytest.fixture
def serve(inventory: Inventory) -> Serve:
    @contextmanager
    def serve_era(era: Era, *, internal: bool = True) -> Generator[str]:
        app = create_app(
            inventory, credentials=ADMIN, realm="example.org", sip_domain="example.org", era=era, internal=internal
        )
        with serving(app) as url:
            yield f"{url}/sipxconfig"

    return serve_era


def phone(serial_number: str, *, version: str | None = "5.4.3", model: str = "polycomVVX410") -> str:
    tail = "" if version is None else f"<version>{version}</version>"
    return f"<phone><serialNumber>{serial_number}</serialNumber><model>{model}</model>{tail}</phone>"


def post(base_url: str, *phones: str, auth: tuple[str, str] | None = None) -> requests.Response:
    body = f"<phones>{''.join(phones)}</phones>"
    return requests.post(
        f"{base_url}/rest/phone", data=body, headers={"Content-Type": "text/xml"}, auth=auth, timeout=20
    )


def stored(inventory: Inventory) -> dict[str, str | None]:
    return {found.record.serial_number: found.record.version for found in inventory.phones()}


@pytest.mark.parametrize("era", [Era.C, Era.D])
def test_later_eras_want_a_version(era: Era, serve: Serve, inventory: Inventory) -> None:
    with serve(era) as url:
        assert post(url, phone("0004f2000001"), phone("0004f2000002", version=None)).status_code == 500
        assert stored(inventory) == {"0004f2000001": "polycom5.4.3"}


def test_era_b_refuses_the_whole_request_for_a_version_and_takes_the_default(
    serve: Serve, inventory: Inventory
) -> None:
    with serve(Era.B) as url:
        refused = post(url, phone("0004f2000001", version=None), phone("0004f2000002"))
        assert refused.status_code == 500
        assert "No such field" in refused.text
        assert stored(inventory) == {}
        assert post(url, phone("0004f2000001", version=None)).status_code == 200
        assert stored(inventory) == {"0004f2000001": "polycom4.1.5"}


@pytest.mark.parametrize("era", [Era.A, Era.B, Era.C])
def test_early_eras_have_no_new_api(era: Era, serve: Serve) -> None:
    with serve(era, internal=False) as url:
        for path in ("api/phones/models", "api/phones", "rest/phone"):
            answer = requests.get(f"{url}/{path}", auth=(ADMIN.user_name, ADMIN.password), timeout=20)
            assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=ISO-8859-1")


def test_era_a_asks_for_credentials_everywhere(serve: Serve, inventory: Inventory) -> None:
    with pytest.raises(ValueError, match="era A"), ExitStack() as stack:
        stack.enter_context(serve(Era.A))
    with serve(Era.A, internal=False) as url:
        assert post(url, phone("0004f2000001", version=None)).status_code == 401
        assert post(url, phone("0004f2000001", version=None), auth=("superadmin", "admin123")).status_code == 200
        assert list(stored(inventory)) == ["0004f2000001"]


def test_the_internal_port_does_not_read_credentials(serve: Serve, inventory: Inventory) -> None:
    with serve(Era.D) as url:
        assert post(url, phone("0004f2000001"), auth=("nobody", "wrong")).status_code == 200
        assert list(stored(inventory)) == ["0004f2000001"]


def test_the_plural_is_the_same_resource(serve: Serve, inventory: Inventory) -> None:
    with serve(Era.D) as url:
        body = f"<phones>{phone('0004f2000001')}</phones>"
        headers = {"Content-Type": "text/xml"}
        assert requests.post(f"{url}/rest/phones?x=1", data=body, headers=headers, timeout=20).status_code == 200
        assert list(stored(inventory)) == ["0004f2000001"]


def test_a_phone_read_by_the_new_api_changes_the_default_of_the_old(serve: Serve, inventory: Inventory) -> None:
    inventory.add_phone(PhoneRecord("0004f2000001", "polycomVVX410", "polycom5.5.0", None))
    with serve(Era.D) as url:
        post(url, phone("0004f2000002", version="5.9.X"))
        assert requests.get(f"{url}/api/phones/0004f2000001", timeout=20).status_code == 200
        post(url, phone("0004f2000003", version="5.9.X"))
    assert stored(inventory) == {
        "0004f2000001": "polycom5.5.0",
        "0004f2000002": "polycom4.1.5",
        "0004f2000003": "polycom5.5.0",
    }


def test_a_yealinks_default_stays_its_tables(serve: Serve, inventory: Inventory) -> None:
    with serve(Era.D) as url:
        first = phone("001565000001", model="yealinkPhoneW52", version="yealink8X")
        post(url, first, phone("001565000002", model="yealinkPhoneW52", version="none such"))
    versions = stored(inventory)
    assert versions["001565000001"] == "yealink8X"
    assert versions["001565000002"] == "yealink7X"


def test_an_external_entity_is_not_read(serve: Serve, inventory: Inventory, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    entity = f'<!DOCTYPE phones [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    body = f"{entity}<phones>{phone('0004f2000001', version='&e;')}</phones>"
    with serve(Era.D) as url:
        answer = requests.post(f"{url}/rest/phone", data=body, headers={"Content-Type": "text/xml"}, timeout=20)
    assert answer.status_code == 500
    assert "hush" not in answer.text
    assert stored(inventory) == {}


def test_a_phone_of_another_make_is_not_given_firmware(serve: Serve, inventory: Inventory) -> None:
    inventory.add_phone(PhoneRecord("001565000001", "yealinkPhoneW52", "yealink8X", None))
    with serve(Era.D) as url:
        answer = requests.get(f"{url}/rest/updatephone/001565000001/5.5.1/polycomVVX410", timeout=20)
    assert answer.status_code == 400
    assert stored(inventory) == {"001565000001": "yealink8X"}


def test_old_firmware_has_old_file_names(serve: Serve, inventory: Inventory) -> None:
    inventory.add_phone(PhoneRecord("0004f2000001", "polycom331", "polycom3.2.X", None))
    with serve(Era.C) as url:
        root = f"{url}/rest/phone/0004f2000001/profile/0004f2000001"
        names = ("sipx-phone.cfg", "sipx-applications.cfg")
        assert [requests.get(f"{root}-{name}", timeout=20).status_code for name in names] == [200, 404]
