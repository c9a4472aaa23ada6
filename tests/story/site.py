"""A whole installation on loopback, as ``autoprov up`` runs it, and what the superadmin does to it."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import cast

import requests
from lxml import html

from autoprov.compose import System
from autoprov.demo.site import free_ports
from autoprov.openings import config_system_client, open_inventory, open_queue
from autoprov.present import utc_now
from autoprov.settings.file import read_settings
from autoprov.settings.secret_files import Secrets
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_queue.entry import EntryState, QueueEntry
from sipxconfig_client.client import SipxconfigClient

PATIENCE_SECONDS = 30.0
Tables = dict[str, dict[str, object]]


@dataclass(frozen=True)
class Site:
    settings: Settings
    system: System
    client: SipxconfigClient

    @property
    def boot_url(self) -> str:
        return f"{self.system.phone_url}/"

    def rows(self, filter_name: str = "unassigned", text: str = "") -> list[dict[str, str]]:
        """The page's table as a browser without scripts shows it, each row by the column's header."""
        answer = requests.get(
            f"{self.system.console_url}/", params={"filter": filter_name, "text": text}, timeout=PATIENCE_SECONDS
        )
        assert answer.status_code == 200, answer.text
        document = html.document_fromstring(answer.text)  # pyright: ignore[reportUnknownMemberType] - untyped stub
        headers = [_text(cell) for cell in _find(document, "//thead//th")]
        return [
            dict(zip(headers, [_text(cell) for cell in _find(row, "./td|./th")], strict=False))
            for row in _find(document, "//tbody/tr")
        ]

    def wait_for_rows(self, count: int, filter_name: str = "unassigned") -> list[dict[str, str]]:
        deadline = monotonic() + PATIENCE_SECONDS
        while len(rows := self.rows(filter_name)) != count:
            assert monotonic() < deadline, f"{len(rows)} rows, not {count}: {rows}"
            sleep(0.05)
        return rows

    def wait_for_phones(self, count: int) -> None:
        """So many phones stand in the config system; the page shows them twenty at a time."""
        deadline = monotonic() + PATIENCE_SECONDS
        while (found := len(list(self.client.all_phones()))) != count:
            assert monotonic() < deadline, f"{found} phones, not {count}"
            sleep(0.1)

    def wait_for_entry(self, mac: str, state: EntryState) -> QueueEntry:
        """The phone's entry in the queue, once it stands so."""
        deadline = monotonic() + PATIENCE_SECONDS
        with open_queue(self.settings) as queue:
            while (entry := queue.find(MacAddress(mac))) is None or entry.state is not state:
                assert monotonic() < deadline, f"{mac} is not {state}: {entry}"
                sleep(0.05)
        return entry

    def wait_until_served(self, path: str, status: int) -> requests.Response:
        """What a phone gets for *path*, once it is *status*."""
        deadline = monotonic() + PATIENCE_SECONDS
        while (answer := requests.get(self.boot_url + path, timeout=PATIENCE_SECONDS)).status_code != status:
            assert monotonic() < deadline, f"{path} is still {answer.status_code}"
            sleep(0.05)
        return answer

    def delete(self, mac: str) -> None:
        """As sipXconfig's own page does: our page and our client delete nothing."""
        settings = self.settings
        answer = requests.delete(
            f"http://{settings.inventory_listen}/sipxconfig/api/phones/{mac}",
            auth=(settings.config_system.user_name, settings.secrets.config_system_password),
            timeout=PATIENCE_SECONDS,
        )
        assert answer.status_code == 200, answer.text

    def wait_until_forgotten(self, mac: str) -> None:
        """The worker noticed that the phone is gone."""
        deadline = monotonic() + PATIENCE_SECONDS
        with open_queue(self.settings) as queue:
            while queue.find(MacAddress(mac)) is not None:
                assert monotonic() < deadline, f"{mac} is still in the queue"
                sleep(0.05)

    def assign(self, mac: str, form: Mapping[str, str]) -> None:
        """Fill in the form of this phone's row and press its button."""
        url = self.system.console_url
        answer = requests.post(
            f"{url}/phones/{mac}/line",
            data=form,
            headers={"Origin": url},
            allow_redirects=False,
            timeout=PATIENCE_SECONDS,
        )
        assert answer.status_code == 303, answer.text


def tables(**more: dict[str, object]) -> Tables:
    """Settings on free loopback ports; *more* tables are laid over these, key by key."""
    web, registrar, inventory, console = free_ports(4)
    given: Tables = {
        "phones": {"url": f"http://127.0.0.1:{web}"},
        "web": {"listen": f"127.0.0.1:{web}", "retry_after": "1s"},
        "registrar": {"listen": f"127.0.0.1:{registrar}", "address": "127.0.0.1"},
        "inventory": {"listen": f"127.0.0.1:{inventory}"},
        "console": {"listen": f"127.0.0.1:{console}"},
    }
    for name, table in more.items():
        given.setdefault(name, {}).update(table)
    return given


def settings_from(directory: Path, given: Tables, *, secrets: Secrets) -> Settings:
    return read_settings(directory / "autoprov.toml", cast("dict[str, object]", given), secrets)


@contextmanager
def site(
    directory: Path,
    given: Tables,
    *,
    users: Mapping[str, str] | None = None,
    config_password: str = "made-up",
    old_password: str | None = None,
    sip_password: str | None = None,
    asterisk_password: str | None = None,
) -> Generator[Site]:
    """The running installation; *users* of the embedded inventory with their SIP passwords.

    Its secrets stay the same while *directory* is the same, as an installation's do.
    """
    key = bytes(directory.name.ljust(32), "utf-8")
    secrets = Secrets(key, sip_password, config_password, old_password, asterisk_password=asterisk_password)
    settings = settings_from(directory, given, secrets=secrets)
    settings.state_directory.mkdir(exist_ok=True)
    if users:
        with open_inventory(settings) as inventory:
            for user, password in users.items():
                inventory.add_user(user, display_name=f"User {user}", sip_password=password)
    with System(settings, clock=utc_now) as system, config_system_client(settings) as client:
        yield Site(settings, system, client)


def _find(element: html.HtmlElement, expression: str) -> list[html.HtmlElement]:
    return cast("list[html.HtmlElement]", element.xpath(expression))


def _text(element: html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())
