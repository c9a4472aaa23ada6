"""The page's requests: look at the phones, assign one, let one in. Edge: Flask's request and templates."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from autoprov_console.assigning import assign
from autoprov_console.assignment import FormError, FormKind, read_assignment, read_kind, typed_values
from autoprov_console.console_settings import ConsoleSettings
from autoprov_console.letting_in import let_in
from autoprov_console.outage import Outages, outage
from autoprov_console.outcome import Outcome, notice_of, read_outcome
from autoprov_console.own_records import RecordList, record_list
from autoprov_console.phone_filter import FilterMode, PhoneFilter, read_filter
from autoprov_console.phone_list import LastSeen, PhoneList, phone_list
from autoprov_phones.mac import MacAddress, MacSyntaxError
from autoprov_queue.entry import QueueEntry
from autoprov_queue.errors import QueueUnavailable
from autoprov_sightings.errors import SightingsUnavailable
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import AccessDenied, NotOffered, Refused, Unreachable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FormProblem:
    """Why one phone's form comes back. *has_row*: the phone stands in the table, so its own form says it."""

    serial_number: str
    text: str
    typed: Mapping[str, str]
    is_external: bool
    has_row: bool


@dataclass(frozen=True, slots=True)
class PhonesPage:
    """What the page works with; its methods are Flask's view functions."""

    client: SipxconfigClient
    last_seen: LastSeen
    own_records: Callable[[], Sequence[QueueEntry]]
    order_follow: Callable[[MacAddress], None]
    pair: Callable[[MacAddress], None]
    clock: Callable[[], datetime]
    settings: ConsoleSettings

    def show(self) -> ResponseReturnValue:
        """The phones that the address's filter leaves."""
        try:
            view = self._read_list()
        except NotOffered as error:
            return self._show_own_records(error)
        except (Unreachable, AccessDenied, Refused) as error:
            return _outage_page(error)
        return self._render(view, done=read_outcome(request.args.get("done"), request.args.get("mac")))

    def _show_own_records(self, reason: NotOffered) -> ResponseReturnValue:
        """The config system tells nothing of its phones; we know those that we sent there."""
        try:
            entries = self.own_records()
        except QueueUnavailable as error:
            return _outage_page(error)
        view = record_list(
            entries,
            filter=_requested_filter(),
            page_number=request.args.get("page", default=1, type=int),
            page_size=self.settings.rows_per_page,
            last_seen=self._last_seen,
            now=self.clock(),
            reason=str(reason),
        )
        return self._render(view, template="records.html")

    def assign(self, mac: str) -> ResponseReturnValue:
        """Add the line that the form asks for, then send the browser back to the list it came from."""
        try:
            phone_mac = MacAddress.parse(mac)
        except MacSyntaxError:
            return redirect(url_for("phones"), HTTPStatus.SEE_OTHER)
        line = read_assignment(request.form)
        try:
            if isinstance(line, FormError):
                return self._form_again(phone_mac, line.text)
            try:
                outcome = assign(
                    phone_mac,
                    line,
                    client=self.client,
                    order_follow=self.order_follow,
                    serves_own_files=self.settings.serves_own_files,
                )
            except NotOffered as error:
                return _outage_page(error)
            except Refused as refusal:
                return self._form_again(phone_mac, str(refusal))
        except (Unreachable, AccessDenied, Refused) as error:
            return _outage_page(error)
        return redirect(_list_address(done=outcome.value, mac=str(phone_mac)), HTTPStatus.SEE_OTHER)

    def let_in(self, mac: str) -> ResponseReturnValue:
        """Let the phone fetch its files for a while, then send the browser back to the list it came from."""
        try:
            phone_mac = MacAddress.parse(mac)
        except MacSyntaxError:
            return redirect(url_for("phones"), HTTPStatus.SEE_OTHER)
        try:
            outcome = let_in(phone_mac, client=self.client, pair=self.pair, order_follow=self.order_follow)
        except (Unreachable, AccessDenied, Refused) as error:
            return _outage_page(error)
        return redirect(_list_address(done=outcome.value, mac=str(phone_mac)), HTTPStatus.SEE_OTHER)

    def _read_list(self) -> PhoneList:
        """Asks the config system for all phones: its API has no filter (contract 5)."""
        return phone_list(
            list(self.client.all_phones()),
            filter=_requested_filter(),
            page_number=request.args.get("page", default=1, type=int),
            page_size=self.settings.rows_per_page,
            last_seen=self._last_seen,
            now=self.clock(),
        )

    def _last_seen(self, macs: Sequence[MacAddress]) -> Mapping[MacAddress, datetime]:
        """The page is worth reading without it."""
        try:
            return self.last_seen(macs)
        except SightingsUnavailable as error:
            logger.warning("page shown without last seen", extra={"reason": str(error)})
            return {}

    def _form_again(self, mac: MacAddress, text: str) -> ResponseReturnValue:
        view = self._read_list()
        problem = FormProblem(
            serial_number=str(mac),
            text=text,
            typed=typed_values(request.form),
            is_external=read_kind(request.form) is FormKind.EXTERNAL,
            has_row=any(row.mac == mac and row.can_be_assigned for row in view.page.rows),
        )
        return self._render(view, problem=problem), HTTPStatus.UNPROCESSABLE_ENTITY

    def _render(
        self,
        view: PhoneList | RecordList,
        *,
        done: tuple[Outcome, MacAddress] | None = None,
        problem: FormProblem | None = None,
        template: str = "phones.html",
    ) -> str:
        return render_template(
            template,
            view=view,
            modes=list(FilterMode),
            notice="" if done is None else notice_of(*done),
            to_be_let_in=done[1] if done is not None and done[0] is Outcome.HAS_TO_BE_LET_IN else None,
            problem=problem,
            settings=self.settings,
            here=_list_address(),
            refresh_seconds=self.settings.refresh_every.total_seconds(),
        )


def _requested_filter() -> PhoneFilter:
    return read_filter(request.args.get("filter"), request.args.get("text"))


def _list_address(**more: str) -> str:
    """The list that this request is about, without what earlier requests had to say."""
    query = _requested_filter().query(page=request.args.get("page", default=1, type=int))
    return f"{url_for('phones')}?{urlencode(query | more)}"


def _outage_page(error: Outages) -> ResponseReturnValue:
    what = outage(error)
    logger.warning("page cannot be shown", extra={"heading": what.heading, "reason": what.reason})
    return render_template("outage.html", outage=what, again=_list_address()), what.status
