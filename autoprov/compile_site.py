"""Compiles the settings into the one file that the phone-facing path reads (``autoprov_web.site``)."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from autoprov.atomic_file import replace_file
from autoprov.settings.settings import Settings
from autoprov.settings.sipxecs_user import digest_user, registered_user
from autoprov_phones.polycom_files import TRANSPORT_WORDS, Registration
from autoprov_phones.polycom_site import MAC_SLOT, PASSWORD_SLOT, TAG_SLOT, UNIQUE_ID_SLOT, compile_polycom
from autoprov_web.site import SITE_FILE_NAME, Site, SiteUnusable

_DIRECTORY_MODE = 0o2770
"""The web server's group writes here too, and what is written is its group's."""
_FILE_MODE = 0o640


def site_file(settings: Settings) -> Path:
    """Where the compiled site lies."""
    return settings.web_directory / SITE_FILE_NAME


def compile_site(settings: Settings, *, now: datetime) -> Site:
    """The site that *settings* describe; *now* is when its files were last other than they are.

    Raises:
        PhoneFileError: a value that no phone file can carry.
    """
    return Site(
        directory=str(settings.web_directory),
        spool_directory=str(settings.spool_directory),
        key=settings.secrets.installation_key,
        unique_id_length=settings.phones.unique_id_length,
        path_prefix=urlsplit(settings.phones.url).path or "/",
        snapshot_max_age=max(1, int(settings.web.snapshot_max_age.total_seconds())),
        retry_after=max(1, round(settings.web.retry_after.total_seconds())),
        serve_own_files=settings.lines.serve_own_files,
        certificates=settings.access.certificates,
        certificate_ca=settings.access.certificate_ca,
        compiled_at=int(now.timestamp()),
        access=settings.access.rules(settings.web_directory),
        documents=compile_polycom(
            phone_url=settings.phones.url,
            registration=_registration(settings),
            own_directories=settings.lines.serve_own_files,
            overlay=settings.overlay,
        ),
    )


def write_site(settings: Settings, *, now: datetime) -> bool:
    """Put the compiled site in place; False where the file says that already.

    Its time stays what it was while nothing else in it changes, so that no phone fetches again what it has.

    Raises:
        PhoneFileError: a value that no phone file can carry.
        OSError: the directory cannot be written.
    """
    path = site_file(settings)
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(_DIRECTORY_MODE)
    site = compile_site(settings, now=now)
    try:
        before = Site.from_bytes(path.read_bytes())
    except (FileNotFoundError, SiteUnusable):
        pass
    else:
        site.compiled_at, compiled_at = before.compiled_at, site.compiled_at
        if site.to_bytes() == before.to_bytes():
            return False
        site.compiled_at = compiled_at
    replace_file(path, site.to_bytes(), mode=_FILE_MODE)
    return True


def _registration(settings: Settings) -> Registration:
    """That of any un-provisioned phone; what differs from phone to phone are slots."""
    registrar = settings.registrar
    shared = settings.secrets.sip_password if settings.phones.share_password else None
    return Registration(
        address=registered_user(settings, unique_id=UNIQUE_ID_SLOT),
        auth_user=digest_user(settings, mac=MAC_SLOT),
        password=PASSWORD_SLOT if shared is None else shared,
        label=UNIQUE_ID_SLOT,
        display_name=TAG_SLOT,
        server_host=registrar.address,
        server_port=registrar.told_port,
        transport=TRANSPORT_WORDS[registrar.transport.value],
        expires=registrar.expires,
    )
