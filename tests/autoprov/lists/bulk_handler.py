"""FreePBX's Bulk Handler, Export, Extensions: modules side by side, as its own export puts them together."""

from collections.abc import Mapping

Rows = Mapping[str, Mapping[str, str]]
"""What one module says of each extension: column, value."""


def extension(
    number: str, *, name: str, tech: str = "pjsip", secret: str = "", outboundcid: str = ""
) -> dict[str, str]:
    """What the module core says of one: the user, then its device, then the settings of the device's driver."""
    user = {"extension": number, "password": "", "name": name, "voicemail": "novm", "ringtimer": "0", "noanswer": ""}
    user |= {"recording": "", "outboundcid": outboundcid, "sipname": "", "noanswer_dest": "", "mohclass": "default"}
    device = {"id": number, "tech": tech, "dial": f"{tech.upper()}/{number}", "devicetype": "fixed", "user": number}
    device |= {"description": name, "emergency_cid": "", "hint_override": "", "recording_in_external": "dontcare"}
    if tech in ("pjsip", "sip"):
        device |= {"accountcode": "", "allow": "ulaw&alaw", "avpf": "no", "callerid": f"device <{number}>"}
        device |= {"context": "from-internal", "defaultuser": "", "dtmfmode": "rfc4733", "mailbox": f"{number}@device"}
        device |= {"max_contacts": "3", "secret": secret, "sendrpid": "pai", "sipdriver": f"chan_{tech}"}
        device |= {"transport": "udp,tcp,tls", "user_eq_phone": "no"}
    return {**user, **device}


def export(*modules: Rows) -> str:
    """The file: a column for whatever any module names, a row for whatever extension any of them knows."""
    columns = list(dict.fromkeys(name for rows in modules for row in rows.values() for name in row))
    numbers = dict.fromkeys(number for rows in modules for number in rows)
    table = [columns]
    for number in numbers:
        said = {name: value for rows in modules for name, value in rows.get(number, {}).items()}
        table.append([said.get(name, "") for name in columns])
    return "".join(",".join(map(_quoted, row)) + "\n" for row in table)


def _quoted(field: str) -> str:
    """As PHP's fputcsv: quotes where there is anything but a word."""
    return '"' + field.replace('"', '""') + '"' if any(sign in field for sign in ' ,"\\\n\r\t') else field
