"""Registrations at a sipXecs that has no plug-in of ours: we subscribe to them."""

from autoprov.parts.hook import start_hook
from autoprov.parts.running import Running
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import issue_phone_tag
from autoprov_sightings.errors import SightingsUnavailable
from autoprov_sightings.sighting import Stage
from autoprov_web.fetch_log import user_agent_told
from autoprov_web.spool_reader import CannotTell, Known, look_up
from registrar_plugin.hosts.reg_event import RegEventListener
from registrar_plugin.reg_event.dialog import Subscriber
from registrar_plugin.reg_event.registration import KnownPhone


def start_reg_event(running: Running) -> None:
    """Subscribe until the end, where the settings say so."""
    settings = running.settings.sipxecs
    if settings is None or settings.reg_event is None:
        return
    server, listen = settings.reg_event.server, settings.reg_event.listen
    listener = RegEventListener(
        Subscriber(settings.provision_user.user, settings.domain.name, (listen.host, listen.port)),
        server=(server.host, server.port),
        on_accepted=start_hook(running).take_action,
        known=lambda mac: _known(running, mac),
        clock=running.clock,
    )
    listener.start()
    running.at_end(listener.stop)


def _known(running: Running, mac: MacAddress) -> KnownPhone | None:
    """The tag that we issued to this MAC, and as what it fetched its files: the registrar tells neither.

    None while the spool cannot tell which ID it shows; it will be asked again, for the phone registers again.
    """
    settings = running.settings
    now, max_age = running.clock().timestamp(), settings.web.snapshot_max_age.total_seconds()
    knowledge = look_up(str(settings.spool_directory), mac, now=now, max_age=max_age)
    if isinstance(knowledge, CannotTell):
        return None
    tag = issue_phone_tag(
        mac,
        key=settings.secrets.installation_key,
        generation=knowledge.entry.generation if isinstance(knowledge, Known) else 0,
        length=settings.phones.unique_id_length,
    )
    return KnownPhone(str(tag), _fetched_as(running, mac))


def _fetched_as(running: Running, mac: MacAddress) -> str:
    """Nothing where the timeline cannot be read now: the phone registers again."""
    try:
        seen = running.sightings.timeline(mac)
    except SightingsUnavailable:
        return ""
    told = (user_agent_told(each.detail) for each in seen if each.stage is Stage.FETCH)
    return next(filter(None, told), "")
