"""The settings file that ``autoprov init`` writes: every key, its default, and what it is for."""

TEMPLATE = """\
# autoprov settings. Every key is here with its default; delete what you do not change.
# Times are written "90s", "5m", "2h", "1d". Secrets are not here: they are in secrets/, one to a file, mode 0600.
# After a change: autoprov check --settings THIS_FILE

[site]
state_directory = "state"        # queue, sightings, inventory and spool; relative to this file

[queue]                          # phones on their way from the registrar to the worker
# url = "postgresql://autoprov@db.example.org/autoprov"   # for workers on several machines; else a file in state/
lease = "5m"                     # the phone of a worker that died is another's after this

[phones]                         # what un-provisioned phones are told
url = "{phone_url}"  # base URL under which phones reach [web]; no blanks, commas or @
autoprovision_user = "~~id~autoprovision"
unique_id_length = 6             # 4 to 10 symbols on the phone's screen
password = "per-phone"           # each phone its own SIP password; shared: one of yours, in secrets/sip-password
# old_password_until = 2026-12-31   # secrets/sip-password.old is accepted to the end of this day

[web]                            # serves phones their files
listen = "0.0.0.0:{web_port}"
snapshot_max_age = "15m"         # older knowledge of the config system is no knowledge: 503, try again
retry_after = "30s"

[access]                         # who may ask [web], how much, and who is told how to register: docs/access.md
networks = ["private"]           # private: 10/8, 172.16/12, 192.168/16 and the like; others get 404 for everything
trusted_proxies = []             # networks whose X-Forwarded-For is believed, e.g. ["127.0.0.1"]
discovery = "open"               # open; scheduled; closed: only while 'autoprov window open --for 2h' lasts
schedule = []                    # for scheduled, local time: ["Mon-Fri 08:00-18:00", "Sat,Sun 22:00-06:00"]
# pilot_macs = ["0004f2abcdef"]  # with any of these three keys, only phones that are in one of the lists are discovered
# pilot_ouis = ["0004f2"]
# pilot_networks = ["192.168.7.0/24"]
requests_per_minute = 600        # of one address; a phone that boots asks a dozen times
macs_per_hour = 50               # distinct phones of one address; behind a NAT as many as there are phones
certificates = "off"             # phones' factory certificates as proof: off, valid, expired-too
# certificate_ca = "phone-makers.pem"   # PEM, the makers' certificates up to the root

[registrar]                      # the embedded registrar, for the autoprovision user only
by = "autoprov"                  # pbx: phones register there instead, at address and pbx_port: docs/hosts/README.md
# pbx_port = 5060
listen = "0.0.0.0:{registrar_port}"          # UDP and TCP
listeners = []                   # others besides: ["udp:[::]:5066", "tcp:[::]:5066", "tls:0.0.0.0:5067"]
address = "{address}"            # the host that phones are told; the port is that of their transport's listener
transport = "udp"                # what phones are told: udp, tcp, or tls (needs a tls listener)
# tls_certificate = "tls.pem"    # PEM, with the chain to its CA; a new one is used as soon as it is there
# tls_key = "tls-key.pem"        # PEM, unencrypted
connections = 1000               # TCP and TLS together
connections_per_address = 100    # of a building behind one NAT: as many as it has phones
realm = "autoprov"
expires = "300s"
digest = "MD5"                   # MD5: every phone knows it; SHA-256; both: for phones that can choose

# [hep]                          # another registrar mirrors accepted registrations to us: docs/hosts/
# listen = "127.0.0.1:9060"      # UDP; without it nothing listens
# mode = "filtered"              # filtered: accepted REGISTERs alone (Kamailio); everything: all SIP (Asterisk ...)
# senders = []                   # who is heard besides this machine: ["192.0.2.5"]; a key: secrets/hep-key

# [plugin]                       # a plug-in within another registrar tells us of registrations: docs/hosts/
# socket = "/run/autoprov/plugin.sock"   # Unix; without it nothing listens

# [sipxecs]                      # un-provisioned phones register at a sipXecs: docs/hosts/sipxecs.md
# provision_config = "/etc/sipxpbx/sipxprovision-config"   # its user and password, in place of [phones]
# domain_config = "/etc/sipxpbx/domain-config"
# address_of_record = "per-phone"   # shared: before 14.10, and with reg_event
# digest_user = "user/mac"       # sipXecs then knows the phone by its MAC; user: it does not
# reg_event = "127.0.0.1:5075"   # without a plug-in: subscribe to registrations there
# reg_event_listen = "0.0.0.0:5069"   # UDP, where its NOTIFYs come to

[resync]                         # who tells a phone to fetch its files again: docs/hosts/README.md
by = "flow"                      # flow: our registrar; source: we, straight to it; asterisk, kamailio, sipxconfig
# asterisk = "127.0.0.1:5038"    # its manager; the secret: secrets/asterisk-password
# asterisk_user = "autoprov"
# kamailio = "/run/kamailio/kamailio_rpc.sock"   # or "udp:HOST:PORT"

[config_system]                  # where phones are created
kind = "embedded"                # embedded: our own small inventory; sipxconfig: a sipXecs/sipXcom
# url = "https://pbx.example.org/sipxconfig"   # ends before /api; only for kind = "sipxconfig"
user_name = "superadmin"         # its password: secrets/config-system-password
# ca_file = "pbx-ca.pem"         # the CA of an https url, if it is your own
timeout = "20s"

# [known_phones]                 # a sipXconfig before 14.10 lists no phones: who says which to leave alone
# tftproot = "/var/sipxdata/configserver/phone/profile/tftproot"   # the live one: who has a file there is known
# list = "known-phones.csv"      # with a column mac
# list_max_age = "1d"            # an older list says nothing

[inventory]                      # the embedded config system's REST API; keep it on loopback
listen = "127.0.0.1:{inventory_port}"

[lines]                          # the users' lines: your PBX
registrar = "{address}"
port = 5060
own_files_by = "autoprov"        # autoprov: we serve assigned phones their files; pbx: it does (sipXecs)

[worker]
snapshot_every = "5m"            # how often we ask the config system for all its phones
looks_per_minute = 60            # and for single phones that had no line, to notice assignments made in its pages

[console]                        # the superadmin's page; it has no password of its own
listen = "127.0.0.1:{console_port}"
host_names = []                  # other names by which a browser may call it, e.g. ["phones.example.org"]

[models]                         # phones that sipXconfig does not know: model token -> its model and version
# "CCX_500" = {{ model_id = "polycomVVX450", version = "polycom5.5.2" }}
"""


def settings_text(
    *,
    address: str,
    web_port: int = 8480,
    registrar_port: int = 5066,
    inventory_port: int = 8481,
    console_port: int = 8482,
) -> str:
    """The commented TOML for a host that phones reach at *address*."""
    host = f"[{address}]" if ":" in address else address
    return TEMPLATE.format(
        address=address,
        phone_url=f"http://{host}:{web_port}",
        web_port=web_port,
        registrar_port=registrar_port,
        inventory_port=inventory_port,
        console_port=console_port,
    )
