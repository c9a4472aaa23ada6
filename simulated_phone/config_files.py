"""The files a Polycom reads: its master file and its configuration files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

_MAC_PLACEHOLDER = "[PHONE_MAC_ADDRESS]"
_MAX_LIST_LENGTH = 2047
_MAX_NAME_LENGTH = 255
_OLD_ROOTS = {"phone1", "sip", "device", "PHONE_CONFIG"}


class ConfigFileError(ValueError):
    """A phone would not take this file; the message says why."""


@dataclass(frozen=True, slots=True)
class MasterFile:
    """What a master file names; paths are relative to the boot server, or whole URLs."""

    app_file_path: str = ""
    config_files: tuple[str, ...] = ()
    log_file_directory: str = ""
    overrides_directory: str = ""
    contacts_directory: str = ""
    license_directory: str = ""
    call_lists_directory: str = ""


def read_master(body: bytes, *, mac: str, model: str) -> MasterFile:
    """Read ``<mac>.cfg`` or ``000000000000.cfg``; a block for this very model wins over the general one.

    Raises:
        ConfigFileError: not an ``<APPLICATION>``, or longer than a phone reads.
    """
    root = _parse(body)
    if root.tag != "APPLICATION":
        raise ConfigFileError(f"the root is <{root.tag}>, not <APPLICATION>")
    suffix = model.replace("_", "").upper()
    own_block = root.find(f"APPLICATION_{suffix}")

    def value(name: str) -> str:
        own = None if own_block is None else own_block.get(f"{name}_{suffix}")
        return (root.get(name, "") if own is None else own).replace(_MAC_PLACEHOLDER, mac).strip()

    config_files = value("CONFIG_FILES")
    names = tuple(name.strip() for name in config_files.split(",") if name.strip())
    if len(config_files) > _MAX_LIST_LENGTH or any(len(name) > _MAX_NAME_LENGTH for name in names):
        raise ConfigFileError("CONFIG_FILES is longer than a phone reads")
    return MasterFile(
        app_file_path=value("APP_FILE_PATH"),
        config_files=names,
        log_file_directory=value("LOG_FILE_DIRECTORY"),
        overrides_directory=value("OVERRIDES_DIRECTORY"),
        contacts_directory=value("CONTACTS_DIRECTORY"),
        license_directory=value("LICENSE_DIRECTORY"),
        call_lists_directory=value("CALL_LISTS_DIRECTORY"),
    )


def read_parameters(bodies: Sequence[bytes], *, old_form_only: bool = False) -> Mapping[str, str]:
    """The parameters of configuration files, given left to right: the first occurrence of each wins.

    Any attribute of any element counts, whatever the element is called; but with *old_form_only* the root has to be one
    that firmware before UC Software 3.3 was shipped with.

    Raises:
        ConfigFileError: one of them is not XML, or of the form of later firmware.
    """
    parameters: dict[str, str] = {}
    for body in bodies:
        root = _parse(body)
        if old_form_only and root.tag not in _OLD_ROOTS:
            raise ConfigFileError(f"this firmware does not read <{root.tag}>")
        for element in root.iter():
            for name, text in element.attrib.items():
                parameters.setdefault(name, text)
    return parameters


def _parse(body: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(body)  # noqa: S314 - standard library alone, and the phone trusts its boot server
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise ConfigFileError(f"not XML: {error}") from error
