"""What the command line takes as an argument, read into a value or refused with an example."""

from datetime import timedelta

import click

from autoprov.lists.pbx_user import is_sip_user
from autoprov.settings.reader import is_host, read_duration
from autoprov_phones.mac import MacAddress, MacSyntaxError


class MacParameter(click.ParamType[MacAddress]):
    """A MAC address in any spelling."""

    name = "MAC"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> MacAddress:
        """The MAC; click reports anything else as a usage error."""
        try:
            return MacAddress.parse(str(value))
        except MacSyntaxError:
            self.fail(f"{value!r} is not a MAC address such as 0004f2abcdef or 00:04:F2:AB:CD:EF", param, ctx)


class HostParameter(click.ParamType[str]):
    """A host name or IP address alone, as phones are told it."""

    name = "HOST"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The host; a URL or a port beside it is a usage error, before anything is written."""
        text = str(value)
        if not is_host(text):
            self.fail(f"{text!r} is not a host name or IP address; give it without http:// and port", param, ctx)
        return text


class DurationParameter(click.ParamType[timedelta]):
    """A number with its unit, at most *longest*."""

    name = "TIME"

    def __init__(self, *, longest: timedelta) -> None:
        self._longest = longest

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The time; anything else is a usage error."""
        if isinstance(value, timedelta):  # click converts a default as well
            return value
        duration = read_duration(str(value))
        if duration is None:
            self.fail(f"{value!r} is not a time such as 90s, 15m, 2h or 1d", param, ctx)
        if duration > self._longest:
            self.fail(f"{value!r} is too long: at most {self._longest.days}d", param, ctx)
        return duration


class SipUserParameter(click.ParamType[str]):
    """The user part of a SIP address."""

    name = "USER_NAME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The user name; what no phone could register as is a usage error."""
        text = str(value)
        if not is_sip_user(text):
            self.fail(f"{text!r} is not a SIP user name such as 200 or ada.lovelace", param, ctx)
        return text
