"""What ``autoprov check`` says of the HEP listener."""

from collections.abc import Iterator
from pathlib import Path

from autoprov.checks.finding import Finding, Level
from autoprov.settings.settings import Settings
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings, is_loopback
from registrar_plugin.sip.host import write_host_port

_LARGEST_BUFFER = Path("/proc/sys/net/core/rmem_max")
_ENOUGH_BYTES = 1 << 20


def check_hep(settings: Settings, *, largest_buffer: int) -> Iterator[Finding]:
    """Nothing where none is in the settings. *largest_buffer* is what the kernel lets a socket have, in octets."""
    hep = settings.hep
    if hep is None:
        return
    heard = ", ".join(["this machine", *map(str, hep.senders)])
    place = write_host_port(*hep.listen)
    yield Finding(Level.OK, f"[hep] {place} hears {heard}, {'with' if hep.key else 'without'} a key")
    yield from _senders(hep)
    if hep.mode is HepMode.EVERYTHING and largest_buffer < _ENOUGH_BYTES:  # calls fill it in a moment
        mend = f"sysctl net.core.rmem_max={_ENOUGH_BYTES} before 'up' starts; what is lost, phones register again"
        what = f"[hep] mode: for all of a PBX's SIP a buffer of {largest_buffer} octets is small"
        yield Finding(Level.WARNING, what, mend)


def largest_receive_buffer() -> int:
    """What the kernel lets a socket have, in octets; elsewhere than on Linux it is taken to be enough."""
    try:
        return int(_LARGEST_BUFFER.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return _ENOUGH_BYTES


def _senders(hep: HepSettings) -> Iterator[Finding]:
    if hep.senders and hep.key is None:
        mend = "write a key into secrets/hep-key, mode 0600, and tell it the sender"
        yield Finding(Level.WARNING, "[hep] senders: whoever can reach the port can forge a sender's address", mend)
    if not hep.senders and not is_loopback(hep.listen[0]):
        mend = "name the PBX in senders, or listen at 127.0.0.1"
        yield Finding(
            Level.WARNING, f"[hep] listen: {hep.listen[0]} is open to others, but none of them is heard", mend
        )
