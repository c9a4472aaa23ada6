"""What ``autoprov check --host`` says of the registrar that phones use: tried, not guessed.

A REGISTER of our own goes where the phones' go, is taken back, and should come to us as theirs do: with a tag of this
installation, for a MAC that no phone has, and with a User-Agent that is of no phone, so that no row is made of it.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from autoprov.checks.finding import Finding, Level
from autoprov.checks.host_resync import check_resync
from autoprov.checks.host_settings import EMBEDDED, Host, check_host_settings
from autoprov.checks.phone_route import NobodyServes, phone_route
from autoprov.checks.register_probe import Account, NoProbeAnswer, ProbeAnswer, registered
from autoprov.checks.srv_records import NoDnsAnswer, system_name_servers
from autoprov.present import utc_now
from autoprov.settings.settings import Settings
from autoprov.settings.sipxecs_user import digest_user, registered_user
from autoprov_phones.derived_secret import derive_sip_password
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import issue_phone_tag
from autoprov_sightings.errors import SightingsUnavailable
from autoprov_sightings.log import SightingsLog
from registrar_plugin.sip.host import write_host_port
from registrar_plugin.sip.via import Address

NOBODY = MacAddress("020000000001")
"""Locally administered: no maker gives it to a phone."""
_SECONDS_TO_HEAR = 5.0
_MANY_CONTACTS = 15
"""Of some 55 octets each in the 200; at 22 it outgrows a datagram that is not cut up on the way."""


def check_host(settings: Settings, host: Host, *, name_servers: Sequence[Address] | None = None) -> Iterator[Finding]:
    """Everything of this host, besides what ``check`` says anyway; *name_servers* are this machine's if not given."""
    yield from check_host_settings(settings, host)
    account = _account(settings, host)
    if account is None:
        mend = 'set [phones] password = "shared", write one into secrets/sip-password, and give it to the PBX'
        yield Finding(Level.WRONG, f"there is no password to register at {host.label} with", mend)
        return
    try:
        servers = system_name_servers() if name_servers is None else name_servers
        at = phone_route(settings.registrar, name_servers=servers)
    except (NobodyServes, NoDnsAnswer) as error:
        mend = "see [registrar] address, transport and pbx_port, and the domain's SRV records"
        yield Finding(Level.WRONG, f"phones do not find {host.label}: {error}", mend)
        return
    yield from _try(settings, host, at, account)
    yield from check_resync(settings)
    yield Finding(Level.OK, f"phones without a line call nobody, emergency numbers included{host.calls}")


def _try(settings: Settings, host: Host, at: Address, account: Account) -> Iterator[Finding]:
    """Register, and stay so until it was told to us: who tells of contacts tells of those that are there."""
    transport = settings.registrar.transport
    place = f"{host.label} at {write_host_port(*at)}/{transport.value}"
    began = utc_now()
    try:
        with registered(at, account, transport=transport, expires=settings.registrar.expires) as answer:
            yield from _judge(answer, settings, host, place)
            if answer.status == 200:
                yield _heard(settings, host, since=began)
    except NoProbeAnswer as error:
        yield Finding(Level.WRONG, f"{place} does not answer a REGISTER: {error}", host.when_silent)


def _account(settings: Settings, host: Host) -> Account | None:
    """What an un-provisioned phone would register as; None without a password that the registrar could know."""
    key = settings.secrets.installation_key
    password = settings.secrets.sip_password if settings.phones.share_password else None
    if password is None and host.name == EMBEDDED:
        password = derive_sip_password(NOBODY, key=key)
    if password is None:
        return None
    tag = issue_phone_tag(NOBODY, key=key, length=settings.phones.unique_id_length)
    return Account(
        registered_user(settings, unique_id=str(tag.unique_id)),
        settings.registrar.address,
        str(tag),
        digest_user(settings, mac=str(NOBODY)),
        password,
    )


def _judge(answer: ProbeAnswer, settings: Settings, host: Host, place: str) -> Iterator[Finding]:
    is_our_realm = answer.realm == settings.registrar.realm
    if host.name == EMBEDDED and answer.realm and not is_our_realm:
        mend = "another registrar listens there: see [registrar] address and listen, and who has the port (ss -lnup)"
        yield Finding(Level.WRONG, f"{place} asks with the realm {answer.realm!r}, which is not ours", mend)
        return
    if host.name != EMBEDDED and is_our_realm:
        mend = "see [registrar] address and pbx_port: they should be the PBX's"
        yield Finding(Level.WRONG, f"{place} asks with the realm of our own registrar", mend)
        return
    if answer.unverified:
        what = f"{place} has a certificate that this machine does not trust: {answer.unverified}"
        mend = "phones refuse it too, unless they have its CA, and it names [registrar] address"
        yield Finding(Level.WARNING, what, mend)
    if answer.status != 200:
        yield Finding(Level.WRONG, f"{place} answers {answer.status} to the phones' REGISTER", host.mend(answer))
        return
    if not answer.realm:
        mend = "let it ask for the password of the autoprovision user: else anybody is a new phone"
        yield Finding(Level.WARNING, f"{place} lets the autoprovision user register without a password", mend)
    else:
        yield Finding(Level.OK, f"{place} accepts the phones' password (realm {answer.realm!r})")
    if answer.contacts > _MANY_CONTACTS and host.name != EMBEDDED:
        what = f"{place} keeps {answer.contacts} contacts for all phones together: soon its 200 is too long to be sent"
        yield Finding(Level.WARNING, what, host.contact_limit)


def _heard(settings: Settings, host: Host, *, since: datetime) -> Finding:
    """Whether our registration came to the hook of the running installation."""
    deadline = time.monotonic() + _SECONDS_TO_HEAR
    timeline = SightingsLog(settings.sightings_file)
    try:
        while time.monotonic() < deadline:
            if any(sighting.at >= since for sighting in timeline.timeline(NOBODY, limit=1)):
                return Finding(Level.OK, "and what it accepts is told to us: our own registration came")
            time.sleep(0.1)
    except SightingsUnavailable as error:
        return Finding(Level.WRONG, f"whether registrations come cannot be seen: {error}", "see the finding on it")
    what = f"our registration was accepted, but nobody told us of it within {_SECONDS_TO_HEAR:g} seconds"
    return Finding(Level.WRONG, what, f"is 'autoprov up' running? {host.when_not_told}")
