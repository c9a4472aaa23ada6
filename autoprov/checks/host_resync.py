"""What ``autoprov check --host`` says of who tells phones to fetch their files again: asked now, and whom it misses."""

from collections.abc import Iterator
from datetime import timedelta

from autoprov.checks.finding import Finding, Level
from autoprov.settings.resync import ASTERISK, FLOW, KAMAILIO, SOURCE
from autoprov.settings.settings import Settings
from registrar_plugin.resync.asterisk_manager import AsteriskManager, ManagerAccount, ManagerRefused, ManagerUnreachable
from registrar_plugin.resync.kamailio_rpc import KamailioRpc, RpcRefused, RpcUnreachable

_LIMITS = {
    FLOW: "our registrar reaches phones that are registered with it: one with a line is not",
    SOURCE: "we reach phones in this network alone, none behind a NAT, and over UDP",
    ASTERISK: "Asterisk reaches all phones of a line's user at once, and does not tell what they answered",
    KAMAILIO: "Kamailio reaches all phones of a line's user at once",
}
_SIPXCONFIG = "sipXconfig reaches phones that are registered with their line, and does not tell what they answered"
_TIMEOUT = timedelta(seconds=5)


def check_resync(settings: Settings) -> Iterator[Finding]:
    """One finding: whether it can be asked, and whom it does not reach."""
    by = settings.resync.by
    try:
        if by == ASTERISK:
            _ask_asterisk(settings)
        elif by == KAMAILIO:
            KamailioRpc(settings.resync.kamailio, timeout=_TIMEOUT).call("core.version")
    except (ManagerUnreachable, RpcUnreachable) as error:
        mend = f"see [resync] {by}, and whether that part of it is switched on: docs/hosts/{by}.md"
        yield Finding(Level.WRONG, f"[resync] by = {by}: {error}", mend)
    except (ManagerRefused, RpcRefused) as error:
        mend = f"see secrets/{by}-password, and what the account may: docs/hosts/{by}.md"
        yield Finding(Level.WRONG, f"[resync] by = {by}: {error}", mend)
    else:
        yield Finding(Level.OK, f"[resync] by = {by}: {_LIMITS.get(by, _SIPXCONFIG)}")


def _ask_asterisk(settings: Settings) -> None:
    """Log in, and ask for a NOTIFY to nobody: an account that may not send one is told so before anything else.

    Raises:
        ManagerRefused, ManagerUnreachable: as they say.
    """
    at = settings.resync.asterisk
    secret = settings.secrets.asterisk_password or ""
    with AsteriskManager(ManagerAccount(at.host, at.port, settings.resync.asterisk_user, secret)) as manager:
        commands = manager.carry_out(("Action", "ListCommands"))
    if "pjsipnotify" not in commands:
        raise ManagerRefused("the account may not send PJSIPNotify, or res_pjsip_notify is not loaded")
