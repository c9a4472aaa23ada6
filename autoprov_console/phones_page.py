"""The page's two requests: look at the phones, and assign one."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from autoprov_console.assigning import Outcome, assign, notice
from autoprov_console.assignment import FormError, FormKind, read_assignment, read_kind, typed_values
from autoprov_console.console_settings import ConsoleSettings
from autoprov_console.outage import ConfigSystemError, outage
from autoprov_console.phone_filter import FilterMode, read_filter
from autoprov_console.phone_list import LastSeen, PhoneList, phone_list
from autoprov_phones.mac import MacAddress, MacSyntaxError
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import AccessDenied, Refused, Unreachable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FormProblem:
    """Why the form of one phone comes back. *has_row*: the phone stands in the table, so its form can say it."""

    mac: MacAddress
    text: str
    typed: Mapping[str, str]
    is_external: bool
    has_row: bool


@dataclass(frozen=True, slots=True)
class PhonesPage:
    """What the page needs; its methods are Flask view functions."""

    client: SipxconfigClient
    last_seen: LastSeen
    order_follow: Callable[[MacAddress], None]
    clock: Callable[[], datetime]
    settings: ConsoleSettings

    def show(self) -> ResponseReturnValue:
        """The phones that the address's filter leaves, 20 a page."""
        try:
            return self._render(self._read_list())
        except (Unreachable, AccessDenied, Refused) as error:
            return self._outage(error)

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
            outcome = assign(phone_mac, line, client=self.client, order_follow=self.order_follow)
        except Refused as refusal:
            return self._form_again(phone_mac, str(refusal))
        except (Unreachable, AccessDenied) as error:
            return self._outage(error)
        return redirect(_list_address(done=outcome.value, mac=str(phone_mac)), HTTPStatus.SEE_OTHER)
