"""Our registrar with its hook and the durable queue, as a process of its own.

It says its port in a line, runs until its standard input is closed, and then says how many phones reached the queue.
"""

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.log import SightingsLog
from bench.installation import KEY, PASSWORD, USER
from registrar_plugin.hook import RegistrarHook
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.register_rules import RegistrarSettings


def _now() -> datetime:
    return datetime.now(UTC)


def main(folder: Path, *, has_sightings: bool) -> None:
    """Serve; the databases are in *folder*."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    queue = PhoneQueue(f"sqlite:///{folder / 'queue.db'}", clock=_now)
    sightings = SightingsLog(folder / "sightings.db")
    hook = RegistrarHook(
        autoprovision_user=USER,
        key=KEY,
        hand_over=queue.put,
        retry_on=(QueueUnavailable,),
        saw=sightings.saw if has_sightings else lambda _: None,
    )
    registrar = EmbeddedRegistrar(
        RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=KEY),
        listeners=[Listener(Transport.UDP, "127.0.0.1", 0)],
        on_accepted=hook.take_action,
        clock=_now,
    )
    sightings.start()
    hook.start()
    ((_, port),) = registrar.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    registrar.stop()
    hook.stop()
    sightings.close()
    queue.close()
    sys.stdout.write(f"{hook.counts.handed_over}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), has_sightings="--sightings" in sys.argv)
