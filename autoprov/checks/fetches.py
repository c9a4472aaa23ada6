"""What ``autoprov check`` says of phones that were turned away lately: for which reason, and who they are."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from autoprov.checks.finding import Finding, Level
from autoprov.settings.settings import Settings
from autoprov_sightings.errors import SightingsUnavailable
from autoprov_sightings.log import SightingsLog
from autoprov_sightings.sighting import TurnedAway

_LATELY = timedelta(hours=1)
_SHOWN = 3
_MENDS = {
    "503: discovery is closed": "right while no phones are to come; else: autoprov window open --for 2h. A phone that "
    "has a line and was reset: autoprov pair MAC --for 15m",
    "503: not in the pilot": "right while the others are to wait; else name it in [access] pilot_macs, pilot_ouis or "
    "pilot_networks, then: autoprov compile",
    "503: too many requests from this address": "phones behind one address: raise [access] requests_per_minute, then: "
    "autoprov compile; one phone alone: see what it asks for: autoprov timeline MAC",
    "503: too many phones of this address": "phones behind one address: raise [access] macs_per_hour, then: autoprov "
    "compile; else somebody tries MACs",
    "503: assigned, and has not shown that it is this phone": "if it was reset, or upgraded from a version before own "
    "directories: autoprov pair MAC --for 15m, then restart the phone",
    "404: outside of the networks": "if these are your phones, name their network in [access] networks; your proxy's "
    "address belongs into trusted_proxies; then: autoprov compile",
}


def check_fetches(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """One warning for each reason for which phones were turned away within the last hour."""
    if not settings.sightings_file.exists():
        return
    try:
        found = SightingsLog(settings.sightings_file).turned_away(tuple(_MENDS), since=now - _LATELY)
    except SightingsUnavailable:
        return  # what is wrong with the file is another finding
    for verdict in dict.fromkeys(each.verdict for each in found):
        yield _finding(verdict, [each for each in found if each.verdict == verdict])


def _finding(verdict: str, those: Sequence[TurnedAway]) -> Finding:
    requests = sum(each.count for each in those)
    addresses = _some(list(dict.fromkeys(each.address or "an unknown address" for each in those)))
    macs = list(dict.fromkeys(str(each.mac) for each in those if each.mac is not None))
    phones = f", for {_some(macs)}" if macs else ""
    what = f"within the last hour {requests} requests got {verdict} (from {addresses}{phones})"
    return Finding(Level.WARNING, what, _MENDS.get(verdict, "docs/access.md, 'When phones get 503'"))


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
