"""Which registrations were told before: a phone repeats itself until it is answered, and so does who mirrors it."""

import hashlib
from datetime import datetime, timedelta

from registrar_plugin.expiring_map import ExpiringMap
from registrar_plugin.registration import AcceptedRegistration

_WITHIN = timedelta(seconds=32)
"""64 * T1 (§17.1.2.2, timer F)."""
_REMEMBERED = 20_000


class Retransmissions:
    """Remembers each REGISTER for as long as its phone may repeat it, and the latest of them where there are many."""

    def __init__(self) -> None:
        self._seen = ExpiringMap[bytes, bool](life=_WITHIN, limit=_REMEMBERED)

    def note(self, registration: AcceptedRegistration, cseq: str, *, now: datetime) -> bool:
        """Whether this one was noted before. *cseq* is the header's value."""
        request = _digest(registration, cseq)
        if self._seen.get(request, now=now) is not None:
            return True
        self._seen.set(request, True, now=now)
        return False


def _digest(registration: AcceptedRegistration, cseq: str) -> bytes:
    """What tells a retransmission (§17.2.3), in few octets: who sends may write a long Call-ID."""
    text = repr((registration.source, registration.call_id, cseq.split()))
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).digest()
