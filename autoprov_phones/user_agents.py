"""Recognition of a phone by its HTTP or SIP User-Agent."""

import re

from autoprov_phones.mac import MacAddress, MacSyntaxError
from autoprov_phones.phone_software import PhoneSoftware, Program
from autoprov_phones.vendor import MAC_GROUP, PROGRAM_GROUP, SERIAL_GROUP
from autoprov_phones.vendors import VENDORS

MAX_LENGTH = 512
"""A longer User-Agent is not read; the longest captured one of any phone has under 200 characters."""


def recognise(user_agent: str) -> PhoneSoftware | None:
    """The phone that says so of itself, or None: another make, a softphone, a video system, a scanner, junk.

    The header's value whole, without blanks around it. ``Type/Updater`` gives ``Program.UPDATER``, whose *firmware*
    is that of the updater, not of the phone. Boot ROMs before UC Software 4.0 say no ``Type`` at all and look like
    applications. The microbrowser counts as its phone.
    """
    if len(user_agent) > MAX_LENGTH:
        return None
    for vendor in VENDORS:
        for known in vendor.user_agents:
            match = known.pattern.fullmatch(user_agent)
            if match is not None:
                return _software(vendor.name, known.family, match)
    return None


def _software(vendor: str, family: str, match: re.Match[str]) -> PhoneSoftware:
    said = match.groupdict()
    return PhoneSoftware(
        vendor=vendor,
        family=family,
        model=match["model"],
        firmware=match["firmware"],
        mac=_mac(said.get(MAC_GROUP) or said.get(SERIAL_GROUP)),
        program=Program.UPDATER if said.get(PROGRAM_GROUP) == Program.UPDATER.value else Program.APPLICATION,
    )


def _mac(text: str | None) -> MacAddress | None:
    """The MAC address; None also for a serial number, which some phones say in its place."""
    try:
        return MacAddress.parse(text) if text else None
    except MacSyntaxError:
        return None
