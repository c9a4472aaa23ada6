"""The embedded registrar with its hook, and the thread that carries out re-sync orders by its flows."""

import secrets

from autoprov.parts.hook import start_hook
from autoprov.parts.running import Running
from autoprov.settings.resync import FLOW
from autoprov.settings.rooms import registrar_settings
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.resync.settling import ResyncThread
from registrar_plugin.wrong_passwords import WrongPasswordReports


def start_registrar(running: Running) -> None:
    """Accept un-provisioned phones until the end, unless they register elsewhere."""
    settings = running.settings
    if not settings.registrar.is_ours:
        return
    registrar = EmbeddedRegistrar(
        registrar_settings(settings, nonce_key=secrets.token_bytes(32)),
        listeners=settings.registrar.listeners,
        certificate=settings.registrar.certificate,
        limits=settings.registrar.limits,
        on_accepted=start_hook(running).take_action,
        on_wrong_password=WrongPasswordReports(running.saw).take,
        clock=running.clock,
    )
    registrar.start()
    running.at_end(registrar.stop)
    if settings.resync.by != FLOW:
        return
    resync = ResyncThread(
        queue=running.queue, send_check_sync=registrar.send_check_sync, saw=running.saw, clock=running.clock
    )
    resync.start()
    running.at_end(resync.stop, ask_to_stop=resync.ask_to_stop)
