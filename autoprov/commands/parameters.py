"""What the command line takes as an argument, read into a value or refused with an example."""

from datetime import timedelta

import click

from autoprov.lists.pbx_user import is_sip_user
from autoprov.phone_name import PhoneName, PhoneNameError, read_phone_name
from autoprov.settings.reader import is_host, read_duration


class PhoneParameter(click.ParamType[PhoneName]):
    """A phone, by its MAC address or by the ID on its screen; ``which_phone`` finds the one that is meant."""

    name = "ID-OR-MAC"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> PhoneName:
        """What was typed; what can be neither is a usage error."""
        try:
            return read_phone_name(str(value))
        except PhoneNameError as error:
            self.fail(str(error), param, ctx)


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
