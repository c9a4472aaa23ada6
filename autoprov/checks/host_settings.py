"""The hosts that ``autoprov check --host`` knows: what each wants of our settings, and what its answers mean."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from autoprov.checks.finding import Finding, Level
from autoprov.checks.register_probe import ProbeAnswer
from autoprov.settings.settings import Settings
from registrar_plugin.hosts.hep_rules import HepMode

EMBEDDED = "embedded"
SIPXECS = "sipxecs"
_HASHES = "where it keeps hashes (ha1), they have to be made for this realm"
_FIREWALL = "see [registrar] address, pbx_port and transport, whether it listens to that, and the firewall between"
_NO_HEP = (
    "see where it mirrors to and [hep] listen, and the firewall between; 'autoprov up' says in its log what it hears"
)


@dataclass(frozen=True, slots=True)
class Host:
    """*modes* are what its HEP sender can mirror, ours first, none where it has no such sender.

    *statuses* say what to do after such an answer. *calls* ends the sentence that phones without a line call nobody.
    """

    name: str
    label: str
    modes: tuple[HepMode, ...]
    contact_limit: str
    when_not_told: str
    calls: str
    when_silent: str = _FIREWALL
    statuses: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    def mend(self, answer: ProbeAnswer) -> str:
        """What to do after a REGISTER that was answered so."""
        if answer.status in self.statuses:
            return self.statuses[answer.status]
        if answer.status in (401, 403, 407):
            user = f"the same password in secrets/sip-password and for the user there; {_HASHES}"
            return f"{user} ({answer.realm!r})" if answer.realm else "it asks for no digest that we know"
        if answer.status == 404:
            return "add the autoprovision user there, for the domain or address that phones are told"
        return "see its log"


HOSTS: Mapping[str, Host] = MappingProxyType(
    {
        host.name: host
        for host in (
            Host(
                EMBEDDED,
                "our registrar",
                (),
                contact_limit="",
                when_not_told="its log says why the registrar hook fails",
                calls=": our registrar carries no calls (docs/hosts/README.md)",
                when_silent="is 'autoprov up' running? Then see [registrar] address and listen, and the firewall",
            ),
            Host(
                "kamailio",
                "Kamailio",
                (HepMode.FILTERED,),
                contact_limit='keep one: save("location", "0x04"), as contrib/kamailio does',
                when_not_told=f"route(AUTOPROV) has to be called before save(); {_NO_HEP}",
                calls=", once route(AUTOPROV_CALLS) is called: docs/hosts/kamailio.md",
                statuses={503: "its max_contacts is reached: keep one contact, as contrib/kamailio does"},
            ),
            Host(
                "asterisk",
                "Asterisk",
                (HepMode.EVERYTHING,),
                contact_limit="max_contacts = 1 and remove_existing = yes, as contrib/asterisk has it",
                when_not_told=f"asterisk -rx 'module show like hep' should name res_hep_pjsip; {_NO_HEP}",
                calls=", but for what [autoprov-unassigned] lets them: docs/hosts/asterisk.md",
                statuses={
                    403: "max_contacts of the aor is 0, its default, or reached: 1, with remove_existing = yes",
                    404: "there is no aor of the autoprovision user's name: contrib/asterisk/pjsip_autoprov.conf",
                    423: "minimum_expiration of the aor: 60, as contrib/asterisk has it",
                },
            ),
            Host(
                "freeswitch",
                "FreeSWITCH",
                (HepMode.EVERYTHING,),
                contact_limit="multiple-registrations = false in the profile, or for this user",
                when_not_told=f"capture-server in sofia.conf.xml and sip-capture = yes in the profile; {_NO_HEP}",
                calls=", but for what the context autoprov-unassigned lets them: docs/hosts/freeswitch.md",
                statuses={403: "the password or the user is wrong there, or its domain is not the one phones are told"},
            ),
            Host(
                "opensips",
                "OpenSIPS",
                (HepMode.EVERYTHING, HepMode.FILTERED),
                contact_limit='keep one: save("location", "max-contacts=1, force-registration"), as contrib/opensips',
                when_not_told=(
                    "route(autoprov) has to be called before your own save(); hep_id needs transport=udp, and a socket "
                    f'of hep_udp; with route(autoprov_filtered) it is mode = "filtered"; {_NO_HEP}'
                ),
                calls=", once route(autoprov_calls) is called: docs/hosts/opensips.md",
            ),
            Host(
                SIPXECS,
                "sipXecs",
                (),
                contact_limit='[sipxecs] address_of_record = "per-phone"',
                when_not_told="see [plugin] socket and its group, or [sipxecs] reg_event; docs/hosts/sipxecs.md",
                calls=", but for what its dialling plan routes without a permission: docs/hosts/sipxecs.md",
            ),
        )
    }
)


def check_host_settings(settings: Settings, host: Host) -> Iterator[Finding]:
    """Whether our settings are for this host at all."""
    if host.name == EMBEDDED:
        if not settings.registrar.is_ours:
            yield Finding(Level.WRONG, '[registrar] by: "pbx", so our own stays off', 'by = "autoprov"')
        return
    if settings.registrar.is_ours:
        mend = f'right if they are to; else by = "pbx", address and pbx_port of {host.label}'
        yield Finding(Level.WARNING, "[registrar] by: phones are told to register with our own registrar", mend)
    if host.name == SIPXECS:
        yield from _check_sipxecs(settings)
    if not host.modes:
        return
    mode = host.modes[0].value
    if settings.hep is None and settings.plugin_socket is None:
        mend = f'[hep] listen = "127.0.0.1:9060" and mode = "{mode}"'
        yield Finding(Level.WRONG, f"[hep] is not set, so {host.label} has nobody to tell", mend)
    elif settings.hep is not None and settings.hep.mode not in host.modes:
        mend = f'mode = "{mode}", unless you filter otherwise'
        yield Finding(Level.WARNING, f"[hep] mode: {host.label} sends {mode}, as our snippet has it", mend)


def _check_sipxecs(settings: Settings) -> Iterator[Finding]:
    if settings.sipxecs is None:
        mend = "set provision_config and domain_config: docs/hosts/sipxecs.md"
        yield Finding(Level.WRONG, "[sipxecs] is not set: whom a sipXecs lets in stands in its own files", mend)
    elif settings.plugin_socket is None and settings.sipxecs.reg_event is None:
        mend = "[plugin] socket, or [sipxecs] reg_event: docs/hosts/sipxecs.md"
        yield Finding(Level.WRONG, "neither [plugin] nor reg_event is set, so the sipXecs has nobody to tell", mend)
