"""What the phone-facing routes are told of their installation."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WebSettings:
    """*phone_url* is the base URL under which phones reach us, without a final slash; it goes into the bootstrap file.

    *path_prefix* is the part of a request's path in front of the file name, where a proxy leaves it there.
    *key* is the installation's, from which unique IDs come, and the phones' SIP passwords; *shared_password* is the one
    password of all phones instead, for a registrar that knows no other. *registrar_host* and *registrar_port* are those
    of the registrar that accepts *autoprovision_user*; *registrar_transport* is ``udp``, ``tcp`` or ``tls``.
    """

    phone_url: str
    spool_directory: Path
    key: bytes = field(repr=False)
    unique_id_length: int
    autoprovision_user: str
    registrar_host: str
    registrar_port: int
    snapshot_max_age: timedelta
    retry_after: timedelta
    path_prefix: str = "/"
    shared_password: str | None = field(default=None, repr=False)
    registration_expires: timedelta = timedelta(seconds=300)
    registrar_transport: str = "udp"
