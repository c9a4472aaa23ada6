"""Registrations that a plug-in within another registrar tells us of."""

from autoprov.parts.hook import start_hook
from autoprov.parts.running import Running
from registrar_plugin.hosts.plugin_socket import PluginSocket


def start_plugin(running: Running) -> None:
    """Listen on the socket until the end, where the settings name one."""
    path = running.settings.plugin_socket
    if path is None:
        return
    reader = PluginSocket(path, on_accepted=start_hook(running).take_action, clock=running.clock)
    reader.start()
    running.at_end(reader.stop)
