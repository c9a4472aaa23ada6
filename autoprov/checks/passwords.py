"""What ``autoprov check`` says of the SIP passwords of un-provisioned phones."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from autoprov.checks.finding import Finding, Level
from autoprov.settings.secret_files import OLD_SIP_PASSWORD, SIP_PASSWORD
from autoprov.settings.settings import Settings


def check_passwords(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Whose password phones are given, whether an old one still opens the registrar, and what is left over."""
    if settings.sipxecs is not None:
        yield Finding(Level.OK, f"all phones share the SIP password in {settings.sipxecs.provision_config}")
    elif settings.phones.share_password:
        yield Finding(Level.OK, f"all phones share the SIP password in secrets/{SIP_PASSWORD}")
    else:
        yield Finding(Level.OK, "each phone has a SIP password of its own")
        if settings.secrets.sip_password is not None:
            mend = (
                f"delete it; or, to let phones in with it until they boot, rename it to {OLD_SIP_PASSWORD} and set"
                " [phones] old_password_until"
            )
            yield Finding(Level.WARNING, f"secrets/{SIP_PASSWORD} is there, and no phone uses it any more", mend)
    yield from _old_password(settings, now=now)


def _old_password(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    there, until = settings.secrets.old_sip_password is not None, settings.phones.old_password_until
    if until is None:
        if there:
            mend = "set [phones] old_password_until to the last day on which it shall be, else delete it"
            yield Finding(Level.WARNING, f"secrets/{OLD_SIP_PASSWORD} is there, but is not accepted", mend)
        return
    last_day = (until - timedelta(days=1)).date()
    if now >= until:
        mend = "delete the key" + (f" and secrets/{OLD_SIP_PASSWORD}" if there else "")
        yield Finding(Level.WARNING, f"[phones] old_password_until: {last_day} is over, nothing old is accepted", mend)
    elif there:
        mend = "when all phones have booted since the change, delete both the file and the key"
        what = f"the password in secrets/{OLD_SIP_PASSWORD} is accepted too, to the end of {last_day} (UTC)"
        yield Finding(Level.WARNING, what, mend)
    else:
        mend = f"put the old password into secrets/{OLD_SIP_PASSWORD}, mode 0600, or delete the key"
        yield Finding(Level.WARNING, f"[phones] old_password_until: there is no secrets/{OLD_SIP_PASSWORD}", mend)
