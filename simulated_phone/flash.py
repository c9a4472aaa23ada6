"""What a phone keeps in its flash: where it boots from, as ``device.`` parameters told it."""

import json
from collections.abc import Mapping
from pathlib import Path

_KEPT = ("device.prov.serverType", "device.prov.serverName", "device.dhcp.bootSrvUseOpt")

Flash = Mapping[str, str]


def burn(flash: Flash, parameters: Mapping[str, str]) -> Flash:
    """The flash after *parameters*: each counts only with ``.set`` of its own, all only with ``device.set``."""
    if parameters.get("device.set") != "1":
        return flash
    told = {name: parameters[name] for name in _KEPT if name in parameters and parameters.get(f"{name}.set") == "1"}
    return {**flash, **told}


def boot_server(flash: Flash, *, dhcp: str) -> str:
    """The URL to boot from: the flash's if it says ``Static``, else the one from DHCP."""
    name = flash.get("device.prov.serverName", "")
    if flash.get("device.dhcp.bootSrvUseOpt") != "Static" or not name:
        return dhcp
    return name if "://" in name else f"{flash.get('device.prov.serverType', 'FTP').lower()}://{name}"


def read_flash(file: Path | None) -> Flash:
    """What an earlier run kept in *file*; nothing where there is none: a phone fresh from the factory."""
    if file is None or not file.exists():
        return {}
    kept: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def write_flash(file: Path | None, flash: Flash) -> None:
    """Keep it for the next run."""
    if file is not None:
        file.write_text(json.dumps(flash), encoding="utf-8")
