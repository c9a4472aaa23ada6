"""What the registrar is told of the installation's settings."""

from autoprov.settings.settings import Settings
from registrar_plugin.hosts.hep_proof import PhonesAccount
from registrar_plugin.passwords import OldPassword
from registrar_plugin.register_rules import RegistrarSettings


def registrar_settings(settings: Settings, *, nonce_key: bytes) -> RegistrarSettings:
    """The embedded registrar's, but for its sockets."""
    return RegistrarSettings(
        user=settings.phones.autoprovision_user,
        realm=settings.registrar.realm,
        password=_shared_password(settings),
        nonce_key=nonce_key,
        default_expires=settings.registrar.expires,
        max_expires=settings.registrar.expires,
        tag_key=settings.secrets.installation_key,
        tag_id_length=settings.phones.unique_id_length,
        old_password=_old_password(settings),
        algorithms=settings.registrar.digest,
    )


def phones_account(settings: Settings) -> PhonesAccount | None:
    """The account of un-provisioned phones at a PBX; None where each phone has its own."""
    password = _shared_password(settings)
    if password is None:
        return None
    old = settings.secrets.old_sip_password  # until when it counts is the PBX's affair
    return PhonesAccount(settings.phones.autoprovision_user, (password,) if old is None else (password, old))


def _shared_password(settings: Settings) -> str | None:
    """None where each phone has its own."""
    return settings.secrets.sip_password if settings.phones.share_password else None


def _old_password(settings: Settings) -> OldPassword | None:
    text, until = settings.secrets.old_sip_password, settings.phones.old_password_until
    return None if text is None or until is None else OldPassword(text, until)
