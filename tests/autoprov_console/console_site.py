"""The console behind a socket, and what a browser without scripts sees of it."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import requests
from lxml import html

from autoprov_console.app import create_app
from autoprov_console.console_settings import ConsoleSettings
from autoprov_phones.description import Description
from autoprov_phones.mac import MacAddress
from autoprov_phones.unique_id import UniqueId
from autoprov_queue.entry import QueueEntry
from autoprov_queue.errors import QueueUnavailable
from autoprov_sightings.errors import SightingsUnavailable
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.values import Created, NewPhone, Phone
from tests.peers.serving import serving

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SETTINGS = ConsoleSettings(
    line_registrar="pbx.example.org",
    line_registrar_port=5070,
    host_names=("phones.example.org",),
    serves_own_files=True,
)


@dataclass(frozen=True)
class Page:
    """An answer of the console. Expressions are XPath."""

    status: int
    headers: Mapping[str, str]
    source: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    def elements(self, expression: str) -> list[html.HtmlElement]:
        document = html.document_fromstring(self.source)  # pyright: ignore[reportUnknownMemberType] - untyped stub
        return cast("list[html.HtmlElement]", document.xpath(expression))

    def texts(self, expression: str) -> list[str]:
        return [" ".join(str(element.text_content()).split()) for element in self.elements(expression)]

    def text(self, expression: str) -> str:
        (text,) = self.texts(expression)
        return text

    @property
    def rows(self) -> list[dict[str, str]]:
        """The table, by its headers; without the forms."""
        headers = self.texts("//thead//th")
        cells = [self.texts(f"(//tbody/tr)[{n + 1}]/*") for n in range(len(self.elements("//tbody/tr")))]
        return [dict(zip(headers[:-1], row, strict=False)) for row in cells]

    @property
    def phones(self) -> list[str]:
        return [row["Phone"] for row in self.rows]


@dataclass
class ConsoleSite:
    """The page over the config system that *client* reaches; what it needs besides can be made to fail."""

    client: SipxconfigClient
    settings: ConsoleSettings = SETTINGS
    url: str = ""
    seen: dict[MacAddress, datetime] = field(default_factory=dict[MacAddress, datetime])
    sightings_fail: bool = False
    followed: list[MacAddress] = field(default_factory=list[MacAddress])
    queue_fails: bool = False
    paired: list[MacAddress] = field(default_factory=list[MacAddress])
    pairing_fails: bool = False
    records: list[QueueEntry] = field(default_factory=list[QueueEntry])
    now: datetime = NOW
    step: timedelta = timedelta(0)

    @contextmanager
    def serving(self) -> Generator["ConsoleSite"]:
        app = create_app(
            client=self.client,
            last_seen=self._last_seen,
            own_records=self._own_records,
            order_follow=self._order_follow,
            pair=self._pair,
            clock=self._clock,
            settings=self.settings,
        )
        with serving(app) as self.url:
            yield self

    def get(self, path: str = "/", headers: Mapping[str, str] | None = None) -> Page:
        return self._request("GET", path, {}, headers or {})

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Page:
        return self._request("POST", path, form, headers or {})

    def assign(self, mac: str, form: Mapping[str, str], *, query: str = "") -> Page:
        """Send the form of one row as it stands on the page."""
        return self.post(f"/phones/{mac}/line{query}", form, {"Origin": self.url, "Sec-Fetch-Site": "same-origin"})

    def let_in(self, mac: str) -> Page:
        """Press the button of one row as it stands on the page."""
        return self.post(f"/phones/{mac}/let-in", {}, {"Origin": self.url, "Sec-Fetch-Site": "same-origin"})

    def add_phone(
        self,
        mac: str,
        *,
        unique_id: str = "",
        description: str = "",
        ip: str = "192.168.7.31",
        model_id: str = "polycomVVX410",
        version: str | None = "polycom5.5.2",
        firmware: str = "5.9.5.0614",
    ) -> int:
        if unique_id:
            description = Description(UniqueId(unique_id), ip, firmware).text
        created = self.client.create(NewPhone(MacAddress(mac), model_id, version, description))
        assert isinstance(created, Created)
        return created.phone_id

    def phone(self, mac: str) -> Phone:
        phone = self.client.phone(MacAddress(mac))
        assert phone is not None
        return phone

    def _clock(self) -> datetime:
        """Each look at it is *step* later."""
        self.now += self.step
        return self.now

    def _last_seen(self, macs: Sequence[MacAddress]) -> Mapping[MacAddress, datetime]:
        if self.sightings_fail:
            raise SightingsUnavailable("sightings.sqlite: disk I/O error")
        return {mac: self.seen[mac] for mac in macs if mac in self.seen}

    def _own_records(self) -> Sequence[QueueEntry]:
        if self.queue_fails:
            raise QueueUnavailable("queue.sqlite: database is locked")
        return self.records

    def _order_follow(self, mac: MacAddress) -> None:
        if self.queue_fails:
            raise QueueUnavailable("queue.sqlite: database is locked")
        self.followed.append(mac)

    def _pair(self, mac: MacAddress) -> None:
        if self.pairing_fails:
            raise OSError("No space left on device")
        self.paired.append(mac)

    def _request(self, method: str, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Page:
        with requests.Session() as browser:
            browser.trust_env = False
            response = browser.request(
                method, self.url + path, data=form, headers=dict(headers), allow_redirects=False, timeout=10
            )
        return Page(response.status_code, response.headers, response.text)
