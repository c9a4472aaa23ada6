"""Re-sync by something that must be waited for: each order gets a thread of its own."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from autoprov_phones.mac import MacAddress
from registrar_plugin.resync.check_sync import CheckSyncAnswer, NotSent

logger = logging.getLogger(__name__)


def in_own_thread(ask: Callable[[MacAddress], CheckSyncAnswer], mac: MacAddress) -> "Future[CheckSyncAnswer]":
    """What *ask* answers, once it does. Its caller bounds how many are under way."""
    answer: Future[CheckSyncAnswer] = Future()

    def run() -> None:
        try:
            answer.set_result(ask(mac))
        except Exception:
            logger.exception("re-sync stumbled", extra={"mac": str(mac)})
            answer.set_result(NotSent("we stumbled, the log says where"))

    Thread(target=run, name=f"resync-{mac}", daemon=True).start()
    return answer
