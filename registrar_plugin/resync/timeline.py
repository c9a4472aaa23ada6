"""Where a phone was last seen, by whatever process: from the timeline."""

from autoprov_phones.mac import MacAddress
from autoprov_sightings.errors import SightingsUnavailable
from autoprov_sightings.log import SightingsLog
from autoprov_sightings.sighting import Sighting, Stage
from registrar_plugin.resync.places import NotKnownNow
from registrar_plugin.sip.host import one_address

_BY_THE_PHONE = (Stage.FETCH, Stage.REGISTER)


def last_address(sightings: SightingsLog, mac: MacAddress) -> str | None:
    """The IP address from which the phone last registered, or got what it asked for; None where there is none.

    A file that was refused may have been asked for by anybody, and so may a registration that was not ours.

    Raises:
        NotKnownNow: the timeline cannot be read.
    """
    try:
        seen = sightings.timeline(mac)
    except SightingsUnavailable as error:
        raise NotKnownNow(str(error)) from error
    return next((sighting.address for sighting in seen if _is_the_phones(sighting)), None)


def _is_the_phones(sighting: Sighting) -> bool:
    is_refused = sighting.verdict[:1].isdigit() or sighting.verdict in ("not ours", "wrong password")
    return sighting.stage in _BY_THE_PHONE and one_address(sighting.address) is not None and not is_refused
