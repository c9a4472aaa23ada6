"""Which files a Polycom asks for beside its configuration, by generation of its firmware, as captured (phones 1.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from simulated_phone.config_files import MasterFile
from simulated_phone.identity import Identity

_WILDCARD = "000000000000"
# A VVX 500 put its part number before the image's name: 3111-44500-001.sip.ld
_PART_NUMBER = "3111-44500-001"


@dataclass(frozen=True, slots=True)
class OptionalFile:
    """A file that the phone can do without: the first of *names* that can be had, in the master's *directory*."""

    names: tuple[str, ...]
    directory: str
    has_settings: bool = False


def images(identity: Identity, app_file_path: str) -> Sequence[str]:
    """The firmware that the updater, or the boot ROM, asks for."""
    folder, slash, image = app_file_path.rpartition("/")
    if identity.is_uc_software:
        return [f"{folder}{slash}{_PART_NUMBER}.{image}"]
    return ["bootrom.ld", app_file_path]


def optional_files(identity: Identity, master: MasterFile) -> Sequence[OptionalFile]:
    """What follows the configuration files, in its order; those with settings were written by the phone itself."""
    mac = identity.mac
    local = OptionalFile((f"{mac}-phone.cfg",), master.overrides_directory, has_settings=True)
    directory = OptionalFile((f"{mac}-directory.xml", f"{_WILDCARD}-directory.xml"), master.contacts_directory)
    if not identity.is_uc_software:
        return [local, directory]
    web = OptionalFile((f"{mac}-web.cfg",), master.overrides_directory, has_settings=True)
    licence = OptionalFile((f"{_WILDCARD}-license.cfg",), master.license_directory)
    if identity.version < (5,):
        return [local, web, licence, directory]
    own_licence = OptionalFile((f"{mac}-license.cfg",), master.license_directory)
    calls = OptionalFile((f"{mac}-calls.xml",), master.call_lists_directory)
    return [local, web, licence, own_licence, calls, directory]
