"""What the config system says of a phone, brought into the spool; never wrong in the dangerous direction.

Dangerous is to call an assigned phone unassigned, or a stranger: it would be given the autoprovision registration.
So only a look at the phone itself, inside the spool's lock, may say that of a phone that was assigned; where the
config system has no way to look (``NotOffered``), nothing is written.
"""

import logging

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.phone_tag import MAX_GENERATION
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_queue.entry import EntryState
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_worker.own_files import own_files
from autoprov_worker.settings import WorkerSettings
from autoprov_worker.spool import SpoolWriter
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import Refused
from sipxconfig_client.values import Phone

logger = logging.getLogger(__name__)


class Knowledge:
    """Every method may raise ``Unreachable``, ``AccessDenied``, ``SpoolUnavailable`` and ``QueueUnavailable``.

    Those that ask the config system may raise ``NotOffered``, too.
    """

    def __init__(
        self, queue: PhoneQueue, client: SipxconfigClient, spool: SpoolWriter, settings: WorkerSettings
    ) -> None:
        self._queue = queue
        self._client = client
        self._spool = spool
        self._settings = settings

    def learn(self, mac: MacAddress, phone: Phone, *, has_registered: bool = False) -> None:
        """Write what *phone*, which may be some seconds old, says.

        *has_registered*: as the autoprovision user, just now: with a line, it was a stranger then and is to be told.
        """
        with self._spool.locked():
            known = self._spool.read(mac)
            if known is None and has_registered and not phone.is_unassigned:
                self._queue.order(OrderKind.FOLLOW, mac)  # before the entry, as in _write
            if phone.is_unassigned and known is not None and known.is_assigned:
                self._write(mac, known, self._asked_for(mac))
            else:
                self._write(mac, known, phone)

    def look(self, mac: MacAddress, *, to_follow: bool = False) -> Phone | None:
        """Ask for the phone and write what the answer says; None: it is in the config system no more.

        *to_follow*: the caller follows up itself, so that a phone found to be assigned needs no order for that.
        """
        with self._spool.locked():
            phone = self._asked_for(mac)
            self._write(mac, self._spool.read(mac), phone, order_follow=not to_follow)
        return phone

    def have_files_written(self, phone: Phone) -> str:
        """Make the config system write the phone's files where it serves assigned phones itself.

        What keeps it from that for good, in words; ``""`` for nothing.
        """
        if self._settings.own_files is not None or phone.is_unassigned:
            return ""
        try:
            self._client.send_profiles(phone.id)
        except Refused as error:
            return str(error)
        return ""

    def raise_generation(self, mac: MacAddress) -> bool:
        """Make the phone show another ID from its next fetch on; False where it is past that."""
        with self._spool.locked():
            known = self._spool.read(mac)
            if known is None or known.is_assigned or known.generation >= MAX_GENERATION:
                return False
            self._spool.write(mac, SpoolEntry(PhoneState.UNASSIGNED, known.generation + 1))
        return True

    def _asked_for(self, mac: MacAddress) -> Phone | None:
        """The phone as it is; that it is gone is believed when it is said twice.

        sipXconfig says it with an empty 404, and so may whatever stands in for it for a moment.
        """
        return self._client.phone(mac) or self._client.phone(mac)

    def _write(
        self, mac: MacAddress, known: SpoolEntry | None, phone: Phone | None, *, order_follow: bool = True
    ) -> None:
        generation = 0 if known is None else known.generation
        if phone is None:
            self._write_gone(mac, generation)
        elif phone.is_unassigned:
            self._spool.write(mac, SpoolEntry(PhoneState.UNASSIGNED, generation))
        else:
            if order_follow and known is not None and not known.is_assigned:
                # Before the entry: whatever happens in between, the phone will be told of its line.
                self._queue.order(OrderKind.FOLLOW, mac)
            self._spool.write(mac, SpoolEntry(PhoneState.ASSIGNED, generation, self._files(mac, phone)))

    def _write_gone(self, mac: MacAddress, generation: int) -> None:
        """A phone deleted in the config system is a stranger again.

        One with a raised generation keeps its entry, as unassigned, which is served the same: forgetting the
        generation would bring back the ID that it shares with another phone.
        """
        if generation > 0:
            self._spool.write(mac, SpoolEntry(PhoneState.UNASSIGNED, generation))
        else:
            self._spool.remove(mac)
        if self._queue.forget(mac, only=EntryState.CREATED):
            logger.info("phone was deleted in the config system, its next boot makes it new", extra={"mac": str(mac)})

    def _files(self, mac: MacAddress, phone: Phone) -> dict[str, bytes]:
        if self._settings.own_files is None:
            return {}
        try:
            return own_files(phone, mac, self._settings.own_files)
        except PhoneFileError as error:
            logger.error("assigned phone's files cannot be written", extra={"mac": str(mac), "reason": str(error)})
            return {}
