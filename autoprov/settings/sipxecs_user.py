"""The autoprovision user where phones register at a sipXecs: the one that sipXecs itself has for unassigned phones."""

from dataclasses import replace

from autoprov.settings.settings import Settings


def with_provision_user(settings: Settings) -> Settings:
    """*settings* with user and password as the PBX's files say, if the phones register there; else as they are.

    What ``[phones]`` says of them does not count then: there is no other that sipXecs would let in (contract 4.1).
    """
    if settings.sipxecs is None:
        return settings
    theirs = settings.sipxecs.provision_user
    return replace(
        settings,
        phones=replace(settings.phones, autoprovision_user=theirs.user, share_password=True),
        secrets=replace(settings.secrets, sip_password=theirs.password),
    )


def registered_user(settings: Settings, *, unique_id: str) -> str:
    """The user part that a phone registers; at a sipXecs each one's may be its own (contract 4.3)."""
    user, sipxecs = settings.phones.autoprovision_user, settings.sipxecs
    return f"{user}~{unique_id}" if sipxecs is not None and sipxecs.one_address_each else user


def digest_user(settings: Settings, *, mac: str) -> str:
    """As whom a phone authenticates; a sipXecs takes what stands behind the last ``/`` for the phone's name."""
    user, sipxecs = settings.phones.autoprovision_user, settings.sipxecs
    return f"{user}/{mac}" if sipxecs is not None and sipxecs.mac_in_digest_user else user
