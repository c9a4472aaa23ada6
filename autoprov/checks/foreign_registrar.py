"""What ``autoprov check`` says of a sipXecs at which phones register, and of the socket of a plug-in there."""

from collections.abc import Iterator
from pathlib import Path

from autoprov.checks.finding import Finding, Level
from autoprov.settings.settings import Settings
from autoprov.settings.sipxecs import SipxecsSettings

_QUEUE_LENGTH = Path("/proc/sys/net/unix/max_dgram_qlen")
_SHORT_QUEUE = 128


def check_foreign_registrar(settings: Settings) -> Iterator[Finding]:
    """Nothing where neither is in the settings; files that cannot be used were named when those were read."""
    if settings.sipxecs is not None:
        yield from _sipxecs(settings.sipxecs, has_plugin=settings.plugin_socket is not None)
    if settings.plugin_socket is not None:
        yield from _plugin_socket(settings.plugin_socket)


def _sipxecs(sipxecs: SipxecsSettings, *, has_plugin: bool) -> Iterator[Finding]:
    user, domain = sipxecs.provision_user.user, sipxecs.domain.name
    yield Finding(Level.OK, f"phones register as {user} in {domain}, as {sipxecs.provision_config} says")
    if not has_plugin and sipxecs.reg_event is None:
        mend = "set [plugin] socket and install contrib/sipxecs there, or set [sipxecs] reg_event"
        yield Finding(Level.WRONG, "[sipxecs] nobody tells us who registered there", mend)
    if has_plugin and sipxecs.reg_event is not None:
        mend = "delete reg_event: the plug-in tells more, and costs the registrar less"
        yield Finding(Level.WARNING, "[sipxecs] both a plug-in and reg_event tell us who registered", mend)


def _plugin_socket(path: Path) -> Iterator[Finding]:
    directory = path.parent
    try:
        mode = directory.stat().st_mode
    except OSError as error:
        mend = f"make it, for the user of 'up' and the registrar's group: install -d -m 2770 -g GROUP {directory}"
        yield Finding(Level.WRONG, f"[plugin] socket: {directory}: {error.strerror}", mend)
        return
    if mode & 0o2000:
        yield Finding(Level.OK, f"[plugin] socket: whoever is in the group of {directory} can send to it")
    else:
        mend = f"so that the socket gets the registrar's group: chgrp GROUP {directory}; chmod 2770 {directory}"
        yield Finding(Level.WARNING, f"[plugin] socket: only our own group can send to it, by {directory}", mend)
    try:
        length = int(_QUEUE_LENGTH.read_text(encoding="ascii"))
    except (OSError, ValueError):  # elsewhere than on Linux
        return
    if length < _SHORT_QUEUE:
        mend = "sysctl net.unix.max_dgram_qlen=512 before 'up' starts; what is lost, phones register again"
        yield Finding(Level.WARNING, f"[plugin] socket: the kernel queues {length} datagrams for it, no more", mend)
