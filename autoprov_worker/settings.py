"""What the worker is told once, at the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from autoprov_phones.sipxconfig_models import OperatorModel
from autoprov_worker.known_phones import KnownPhonesSettings


@dataclass(frozen=True, slots=True)
class OwnFilesSettings:
    """How an assigned phone's own files are written.

    *phone_url* is the base URL that phones reach us at, without a slash at its end; *key* is the installation's, of
    which each phone's own directory is made. The line server's host and port stand in for what a line does not say.
    """

    phone_url: str
    key: bytes = field(repr=False)
    line_server_host: str
    line_server_port: int


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """*own_files* is None where the config system itself serves assigned phones.

    *on_sipxecs*: the config system is a real one, whose own ID of a phone stands in the Description beside ours.
    *lease* is how long one entry or order may take. *batch* is how many of them one step works off: a stop waits
    for no more than these. *looks_per_minute* is how often phones without a line are looked at between the snapshots.
    *known_phones* vouches where the config system lists none.
    """

    operator_models: Mapping[str, OperatorModel]
    own_files: OwnFilesSettings | None
    on_sipxecs: bool = False
    lease: timedelta = timedelta(minutes=5)
    batch: int = 10
    looks_per_minute: int = 0
    known_phones: KnownPhonesSettings | None = None
