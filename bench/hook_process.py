"""What hears a PBX's registrations, hook and durable queue behind it, as a process of its own.

``hep PORT`` or ``plugin SOCKET``, and the folder of the queue. It says when it listens, and runs until its standard
input is closed.
"""

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.store import PhoneQueue
from bench.installation import KEY, USER
from registrar_plugin.hook import RegistrarHook
from registrar_plugin.hosts.hep import HepListener
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings
from registrar_plugin.hosts.plugin_socket import PluginSocket


def _now() -> datetime:
    return datetime.now(UTC)


def main(kind: str, place: str, folder: Path) -> None:
    """Listen at *place*; the queue is in *folder*."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s %(message)s")
    queue = PhoneQueue(f"sqlite:///{folder / 'queue.db'}", clock=_now)
    hook = RegistrarHook(
        autoprovision_user=USER, key=KEY, hand_over=queue.put, retry_on=(QueueUnavailable,), saw=lambda _: None
    )
    listener: HepListener | PluginSocket
    if kind == "hep":
        settings = HepSettings(("127.0.0.1", int(place)), HepMode.FILTERED)
        listener = HepListener(settings, on_accepted=hook.take_action, clock=_now)
    else:
        listener = PluginSocket(Path(place), on_accepted=hook.take_action, clock=_now)
    hook.start()
    listener.start()
    sys.stdout.write("listens\n")
    sys.stdout.flush()
    sys.stdin.read()
    listener.stop()
    hook.stop()
    queue.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
