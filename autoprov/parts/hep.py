"""Registrations that somebody else's registrar accepted, mirrored to us by HEPv3."""

from autoprov.parts.hook import start_hook
from autoprov.parts.running import Running
from autoprov.settings.rooms import phones_account
from registrar_plugin.hosts.hep import HepListener


def start_hep(running: Running) -> None:
    """Listen until the end, where the settings say so.

    With a hook of its own: however much a PBX mirrors, the mailbox of our own registrar's phones stays free.
    """
    settings = running.settings.hep
    if settings is None:
        return
    listener = HepListener(
        settings,
        on_accepted=start_hook(running).take_action,
        clock=running.clock,
        account=phones_account(running.settings),
    )
    listener.start()
    running.at_end(listener.stop)
