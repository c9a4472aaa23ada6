"""Compiled sites where Apache's user gets at them."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from autoprov_phones.mac import MacAddress
from autoprov_web.site import SITE_FILE_NAME
from tests.apache.edges import PREFIX
from tests.autoprov_web.sites import ASSIGNED, NOW, UNASSIGNED, a_site, open_access, put_entry, put_snapshot
from tests.peers.apache import share

KNOWN = MacAddress("0004f2abc001")
"""Stands in the config system, without a line."""
OPEN: Mapping[str, object] = {}
"""What sites have where nothing is said."""
CLOSED: Mapping[str, Mapping[str, object]] = {
    "closed": {"discovery": "closed"},
    "pilot": {"has_pilot": True, "pilot_macs": ("64167f0000ff",)},
}
"""Sites whose strangers learn nothing, by the rule that says so."""


def make_site(directory: Path, *, certificates: str = "off", ca: str = "", rules: Mapping[str, object] = OPEN) -> Path:
    """A compiled site with a phone that has a line and one that has none, under *rules*; all others are new."""
    directory.mkdir(parents=True)
    site = a_site(directory, path_prefix=PREFIX, access=open_access(directory, **rules))
    site.certificates, site.certificate_ca = certificates, ca
    (directory / SITE_FILE_NAME).write_bytes(site.to_bytes())
    put_snapshot(directory, time.time())
    put_entry(directory, ASSIGNED)
    put_entry(directory, UNASSIGNED, KNOWN)
    for file in directory.iterdir():
        os.utime(file, (NOW, NOW))  # what phones are told as Last-Modified is the same in all sites
    share(directory)
    return directory / SITE_FILE_NAME
