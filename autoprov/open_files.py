"""How many files and connections this process may have open."""

import logging
import resource

logger = logging.getLogger(__name__)


def allow_open_files(count: int) -> None:
    """Raise the soft limit to *count*, as far as the hard one allows; it is never lowered."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return
    allowed = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < count:
        logger.warning("fewer open files allowed than connections", extra={"allowed": allowed, "wanted": count})
