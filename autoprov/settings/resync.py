"""The ``[resync]`` table: who tells a phone to fetch its files again."""

import re
from dataclasses import dataclass

from autoprov.settings.reader import Listen, TableReader, read_listen
from registrar_plugin.sip.via import Address

FLOW, SOURCE, ASTERISK, KAMAILIO, SIPXCONFIG = "flow", "source", "asterisk", "kamailio", "sipxconfig"
_UNIX_PATH = re.compile(r"/[^\x00-\x1f\x7f]{1,100}")
_UDP = "udp:"


@dataclass(frozen=True, slots=True)
class ResyncSettings:
    """*by* is one of the above. *asterisk* is its manager; *kamailio* a Unix socket's path, or host and port of UDP."""

    by: str
    asterisk: Listen
    asterisk_user: str
    kamailio: str | Address


def read_resync(table: TableReader) -> ResyncSettings:
    """The table's settings."""
    return ResyncSettings(
        by=table.choice("by", FLOW, among=(FLOW, SOURCE, ASTERISK, KAMAILIO, SIPXCONFIG)),
        asterisk=table.listen("asterisk", "127.0.0.1:5038"),
        asterisk_user=table.text("asterisk_user", "autoprov", pattern=r"[!-~]+", meaning="a section of manager.conf"),
        kamailio=_kamailio(table),
    )


def resync_contradictions(
    settings: ResyncSettings, *, is_sipxconfig: bool, has_asterisk_password: bool, has_registrar: bool
) -> list[str]:
    """What is right key by key and wrong together."""
    problems: list[str] = []
    if settings.by == ASTERISK and not has_asterisk_password:
        problems.append('[resync] by: "asterisk" needs the manager\'s secret in secrets/asterisk-password, mode 0600')
    if settings.by == SIPXCONFIG and not is_sipxconfig:
        problems.append('[resync] by: "sipxconfig" needs [config_system] kind = "sipxconfig"')
    if settings.by == FLOW and not has_registrar:
        problems.append(
            '[resync] by: "flow" is for phones at our own registrar; with [registrar] by = "pbx" choose another'
        )
    return problems


def _kamailio(table: TableReader) -> str | Address:
    default = "/run/kamailio/kamailio_rpc.sock"
    text = table.text("kamailio", default)
    listen = read_listen(text.removeprefix(_UDP)) if text.startswith(_UDP) else None
    if listen is not None:
        return listen.host, listen.port
    if _UNIX_PATH.fullmatch(text) is None:
        table.problems.append(f'[resync] kamailio: {text!r} is neither "/a/path" nor "udp:HOST:PORT"')
        return default
    return text
