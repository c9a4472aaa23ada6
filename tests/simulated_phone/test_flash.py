from pathlib import Path

import pytest

from simulated_phone.flash import boot_server, burn, read_flash, write_flash

_TOLD = {
    "device.set": "1",
    "device.prov.serverType": "HTTP",
    "device.prov.serverType.set": "1",
    "device.prov.serverName": "10.0.0.5:8480/own/TOKEN",
    "device.prov.serverName.set": "1",
    "device.dhcp.bootSrvUseOpt": "Static",
    "device.dhcp.bootSrvUseOpt.set": "1",
}
_DHCP = "http://10.0.0.5:8480"


def test_a_phone_boots_from_where_it_was_told() -> None:
    assert boot_server(burn({}, _TOLD), dhcp=_DHCP) == "http://10.0.0.5:8480/own/TOKEN"


def test_a_server_that_is_named_with_its_scheme_is_taken_so() -> None:
    told = {**_TOLD, "device.prov.serverName": "https://10.0.0.5/own/TOKEN"}
    assert boot_server(burn({}, told), dhcp=_DHCP) == "https://10.0.0.5/own/TOKEN"


@pytest.mark.parametrize(
    "missing", ["device.set", "device.dhcp.bootSrvUseOpt.set", "device.prov.serverName.set", "device.prov.serverName"]
)
def test_without_one_of_the_switches_dhcp_is_asked(missing: str) -> None:
    told = {name: value for name, value in _TOLD.items() if name != missing}
    assert boot_server(burn({}, told), dhcp=_DHCP) == _DHCP


def test_what_was_told_stays_until_something_else_is() -> None:
    flash = burn({}, _TOLD)
    assert burn(flash, {}) == flash
    moved = burn(flash, {**_TOLD, "device.dhcp.bootSrvUseOpt": "CustomAndDefault"})
    assert boot_server(moved, dhcp=_DHCP) == _DHCP


def test_the_flash_outlives_its_process(tmp_path: Path) -> None:
    file = tmp_path / "flash.json"
    assert read_flash(file) == {}
    write_flash(file, burn({}, _TOLD))
    assert boot_server(read_flash(file), dhcp=_DHCP).endswith("/own/TOKEN")


def test_without_a_file_nothing_is_kept() -> None:
    write_flash(None, {"a": "1"})
    assert read_flash(None) == {}
