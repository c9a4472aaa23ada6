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
