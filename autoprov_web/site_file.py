"""The compiled site as a long-running process sees it: read again when it is another file."""

from __future__ import annotations

import os

from autoprov_web.rate_leases import RateLeases
from autoprov_web.rate_table import RateTable
from autoprov_web.site import Site, SiteUnusable, read_site


class SiteFile:
    """Threads may share it: at worst two of them read a new file at once."""

    __slots__ = ("_path", "_read")

    def __init__(self, path: str) -> None:
        self._path = path
        self._read: tuple[tuple[int, int, int], Site] | None = None

    def current(self) -> Site:
        """The site as it is in the file now.

        Raises:
            SiteUnusable: the file is not there, or damaged.
        """
        try:
            status = os.stat(self._path)  # noqa: PTH116 - no pathlib where a CGI could use it
        except OSError:
            return read_site(self._path)
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        read = self._read
        if read is not None and read[0] == seen:
            return read[1]
        site = read_site(self._path)
        if isinstance(site.access.rates, RateTable):
            site.access.rates = RateLeases(site.access.rates)
        self._read = (seen, site)
        return site


__all__ = ["SiteFile", "SiteUnusable"]
