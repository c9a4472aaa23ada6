"""What sipXconfig writes into its tftproot for one phone with a line: a miniature of its layout (contract 7.2)."""

from dataclasses import dataclass
from pathlib import Path

_KINDS = ("applications", "features", "reg-advanced", "region", "sip-basic", "sip-interop", "site", "video")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MASTER = """\
<APPLICATION APP_FILE_PATH="polycom/4.0.X/sip.ld" CONFIG_FILES="{files}" MISC_FILES="" OVERRIDES_DIRECTORY=""
   CONTACTS_DIRECTORY="" LOG_FILE_DIRECTORY="http://0.0.0.0" CALL_LISTS_DIRECTORY="http://0.0.0.0"
   USER_PROFILES_DIRECTORY="/hoteling/[PHONE_MAC_ADDRESS]"/>
"""
_LINE = """\
<reg reg.1.displayName="{user}" reg.1.address="{user}" reg.1.label="{user}" reg.1.type="private"
   reg.1.auth.userId="{user}" reg.1.auth.password="{password}" reg.1.lineKeys="1"
   reg.1.server.1.address="{host}" reg.1.server.1.port="{port}" reg.1.server.1.transport="UDPOnly"
   reg.1.server.1.expires="3600" reg.1.server.1.register="1"/>
"""


@dataclass(frozen=True, slots=True)
class SipxecsLine:
    """A user of the site, and its registrar: over UDP, which simulated phones speak; sipXecs itself has TCP here."""

    user: str
    password: str
    registrar: tuple[str, int]


def write_profile(tftproot: Path, mac: str, line: SipxecsLine) -> None:
    """The phone's master file and the eight that it names, as after "Send Profiles"."""
    host, port = line.registrar
    reg = _LINE.format(user=line.user, password=line.password, host=host, port=port)
    for kind in _KINDS:
        content = f"<polycomConfig>{reg if kind == 'reg-advanced' else ''}</polycomConfig>\n"
        _put(tftproot / f"{mac}-sipx-{kind}.cfg", content)
    _put(tftproot / f"{mac}-directory.xml", "<directory/>\n")
    names = ",".join(f"[PHONE_MAC_ADDRESS]-sipx-{kind}.cfg" for kind in _KINDS)
    _put(tftproot / f"{mac}.cfg", _MASTER.format(files=names))


def _put(path: Path, content: str) -> None:
    path.write_text(_DECLARATION + content, encoding="utf-8")
    path.chmod(0o644)
