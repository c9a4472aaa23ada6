"""What a simulated phone is set to before its power is switched on."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from simulated_phone.identity import Identity


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """*boot_server* is what DHCP option 160 would say; *listen* the phone's one IPv4 address, for HTTP, too.

    Real phones are patient; *retry_after_max* bounds what servers ask for and is what the phone waits where they ask
    for nothing. *t1* is RFC 3261's. *flash* is the file that keeps where it boots from over a loss of power; without
    one the phone forgets it with its process.
    """

    boot_server: str
    identity: Identity
    listen: str = "127.0.0.1"
    sip_port: int = 0
    http_timeout: timedelta = timedelta(seconds=5)
    retry_after_max: timedelta = timedelta(seconds=2)
    t1: timedelta = timedelta(milliseconds=500)
    flash: Path | None = None
