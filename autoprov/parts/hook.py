"""The registrar hook, whoever the registrar is."""

from datetime import datetime

from autoprov.parts.running import Running
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_queue.errors import QueueUnavailable
from autoprov_web.spool_reader import Known, look_up
from registrar_plugin.hook import RegistrarHook


def start_hook(running: Running) -> RegistrarHook:
    """The hook, handing phones over to the queue until the end."""
    settings = running.settings
    hook = RegistrarHook(
        autoprovision_user=settings.phones.autoprovision_user,
        key=settings.secrets.installation_key,
        hand_over=running.queue.put,
        retry_on=(QueueUnavailable,),
        saw=running.saw,
        id_length=settings.phones.unique_id_length,
        takes_longer_users=settings.sipxecs is not None,
        registered=running.places.note,
        is_assigned=lambda mac: _is_assigned(settings, mac, now=running.clock()),
    )
    hook.start()
    running.at_end(hook.stop)
    return hook


def _is_assigned(settings: Settings, mac: MacAddress, *, now: datetime) -> bool:
    """Whether the spool says that the phone has a line; where it cannot tell, the worker asks the config system."""
    directory, max_age = str(settings.spool_directory), settings.web.snapshot_max_age.total_seconds()
    knowledge = look_up(directory, mac, now=now.timestamp(), max_age=max_age)
    return isinstance(knowledge, Known) and knowledge.entry.is_assigned
