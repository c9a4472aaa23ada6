"""The thread that carries out re-sync orders, where it is not our own registrar that reaches the phones."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from autoprov.parts.running import Running
from autoprov.settings.resync import ASTERISK, FLOW, KAMAILIO, SOURCE
from autoprov_phones.derived_secret import derive_sip_password
from autoprov_phones.mac import MacAddress
from registrar_plugin.resync.asterisk import AsteriskResync
from registrar_plugin.resync.asterisk_manager import ManagerAccount
from registrar_plugin.resync.check_sync import CheckSyncAnswer
from registrar_plugin.resync.kamailio import KamailioResync
from registrar_plugin.resync.kamailio_rpc import KamailioRpc
from registrar_plugin.resync.places import Place
from registrar_plugin.resync.settling import ResyncThread
from registrar_plugin.resync.sipxconfig import SipxconfigResync, users_at
from registrar_plugin.resync.source import SourceResync
from registrar_plugin.resync.thread import in_own_thread
from registrar_plugin.resync.timeline import last_address
from registrar_plugin.sip.via import DEFAULT_PORT

Ask = Callable[[MacAddress], CheckSyncAnswer]

_KAMAILIO_ANSWERS = timedelta(seconds=60)
"""Its ``fr_timer`` twice: an order may have to wait for another's."""


def start_resync(running: Running) -> None:
    """Tell phones to fetch their files again until the end, by whom the settings say."""
    if running.settings.resync.by == FLOW:
        return
    thread = ResyncThread(
        queue=running.queue, send_check_sync=partial(in_own_thread, _ask(running)), saw=running.saw, clock=running.clock
    )
    thread.start()
    running.at_end(thread.stop, ask_to_stop=thread.ask_to_stop)


def _ask(running: Running) -> Ask:
    by = running.settings.resync.by
    if by == SOURCE:
        return _by_source(running)
    if by == ASTERISK:
        return _by_asterisk(running)
    if by == KAMAILIO:
        return _by_kamailio(running)
    return SipxconfigResync(running.client).ask


def _by_source(running: Running) -> Ask:
    settings = running.settings
    return SourceResync(
        user=settings.phones.autoprovision_user,
        domain=settings.registrar.address,
        place_of=lambda mac: _registered_at(running, mac) or _last_seen_at(running, mac),
        password_of=partial(_password_of, running),
    ).ask


def _by_asterisk(running: Running) -> Ask:
    settings, resync = running.settings, running.settings.resync
    return AsteriskResync(
        ManagerAccount(
            resync.asterisk.host, resync.asterisk.port, resync.asterisk_user, settings.secrets.asterisk_password or ""
        ),
        user=settings.phones.autoprovision_user,
        registered_at=partial(_registered_at, running),
        users_of=partial(users_at, settings.lines.registrar, running.client),
        last_seen_at=partial(_last_seen_at, running),
    ).ask


def _by_kamailio(running: Running) -> Ask:
    settings = running.settings
    return KamailioResync(
        KamailioRpc(settings.resync.kamailio, timeout=_KAMAILIO_ANSWERS),
        user=settings.phones.autoprovision_user,
        domain=settings.lines.registrar,
        registered_at=partial(_registered_at, running),
        users_of=partial(users_at, settings.lines.registrar, running.client),
        last_seen_at=partial(_last_seen_at, running),
    ).ask


def _registered_at(running: Running, mac: MacAddress) -> Place | None:
    return running.places.of(mac, now=running.clock())


def _last_seen_at(running: Running, mac: MacAddress) -> Place | None:
    """The address that it last fetched or registered from, at SIP's own port: the timeline knows no other."""
    host = last_address(running.sightings, mac)
    return None if host is None else Place((host, DEFAULT_PORT))


def _password_of(running: Running, mac: MacAddress) -> str:
    """What an un-provisioned phone has; one with a line knows another, and says 401 to us where it asks."""
    settings = running.settings
    shared = settings.secrets.sip_password if settings.phones.share_password else None
    return shared or derive_sip_password(mac, key=settings.secrets.installation_key)
