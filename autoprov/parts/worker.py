"""The worker: from the queue to the config system, and from there to the spool."""

import random

from autoprov.parts.running import Running
from autoprov_phones.inventory_models import with_inventory_models
from autoprov_worker.settings import OwnFilesSettings, WorkerSettings
from autoprov_worker.spool import SpoolWriter
from autoprov_worker.thread import DrainingThread
from autoprov_worker.worker import Worker


def start_worker(running: Running) -> None:
    """Drain the queue and take snapshots until the end."""
    settings = running.settings
    worker = Worker(
        running.queue,
        running.client,
        SpoolWriter(settings.spool_directory),
        worker_settings(running),
        saw=running.saw,
        jitter=random.random,
    )
    thread = DrainingThread(worker, running.queue, snapshot_every=settings.snapshot_every, clock=running.clock)
    thread.start()
    running.at_end(thread.stop, ask_to_stop=thread.ask_to_stop)


def worker_settings(running: Running) -> WorkerSettings:
    """What the worker is told of the installation's settings."""
    settings = running.settings
    models = settings.models
    if settings.config_system.kind == "embedded":
        models = with_inventory_models(models)
    own_files = OwnFilesSettings(
        settings.phones.url, settings.secrets.installation_key, settings.lines.registrar, settings.lines.port
    )
    return WorkerSettings(
        models,
        own_files if settings.lines.serve_own_files else None,
        on_sipxecs=settings.config_system.kind == "sipxconfig",
        lease=settings.queue.lease,
        looks_per_minute=settings.looks_per_minute,
        known_phones=settings.known_phones,
    )
