"""The master file of a Polycom: which other files it fetches, and which instead where the model is old (phones 1.3)."""

import re
from collections.abc import Mapping, Sequence

from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_document import write_document

MAC_VARIABLE = "[PHONE_MAC_ADDRESS]"
"""A phone puts its own twelve digits here."""
MAX_NAME_LENGTH = 255
"""The longest name in CONFIG_FILES, and the longest APP_FILE_PATH (SIP 3.1 Administrator's Guide)."""
MAX_LIST_LENGTH = 2047
"""The longest CONFIG_FILES, commas included."""
# Polycom's technical bulletin on legacy phones, written for UC Software 3.3.0, gives each model's last release:
#   IP 300 2.1.x, IP 301 3.1.x, IP 430 3.2.x, IP 500 2.1.x, IP 501 3.1.x, IP 600 3.1.x, IP 601 3.1.x, IP 4000 3.1.x
# and the master file that Polycom shipped with UC Software 4.0 names sip_213.ld, sip_318.ld, sip_327.ld for the same.
# IP 320 and 330 stop at 3.3, which reads what 4 reads. sipXconfig's "SSIP300" and "SSIP500" are slips for the SPIPs.
OLD_MODELS = ("SPIP_300", "SPIP_301", "SPIP_430", "SPIP_500", "SPIP_501", "SPIP_600", "SPIP_601", "SSIP_4000")
"""The models, as their User-Agents spell them, whose last firmware reads ``<phone1>`` files alone."""

_NOWHERE = "http://0.0.0.0"
"""Where phones write what nobody reads: deployed servers have used it for years to keep uploads away."""
_APP_FILE_PATH = "sip.ld"
# A name goes into a comma list, which knows no escaping; the phone puts its own digits for [PHONE_MAC_ADDRESS].
_CONFIG_FILE = re.compile(r"[0-9A-Za-z._~:/?#\[\]@!$()*+;=-]+", re.ASCII)


def bootstrap_file(*, config_files: Sequence[str], old_config_files: Sequence[str] = ()) -> bytes:
    """A master file that names *config_files*: names at the boot server, or URLs; earlier files win.

    ``OLD_MODELS`` are told *old_config_files* instead, if there are any, in a block of their own. ``MAC_VARIABLE`` in a
    name becomes the phone's digits. The other attributes:

    - ``APP_FILE_PATH="sip.ld"``: the phone asks for ``<part number>.sip.ld``; refused it, it keeps its firmware.
    - logs and call lists go nowhere, so that no phone writes to a server that only reads.
    - overrides, contacts and licences stay at the boot server, where a phone without them takes 404 for "none".

    Raises:
        PhoneFileError: no name, a name that the list cannot carry, a name or the list too long.
    """
    attributes = {
        "APP_FILE_PATH": _APP_FILE_PATH,
        "CONFIG_FILES": _config_files(config_files),
        "MISC_FILES": "",
        "LOG_FILE_DIRECTORY": _NOWHERE,
        "OVERRIDES_DIRECTORY": "",
        "CONTACTS_DIRECTORY": "",
        "LICENSE_DIRECTORY": "",
        "CALL_LISTS_DIRECTORY": _NOWHERE,
        "USER_PROFILES_DIRECTORY": "",
    }
    return write_document("APPLICATION", attributes, _model_blocks(old_config_files) if old_config_files else {})


def _model_blocks(config_files: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """One element a model: the master file spells models without the underscore, in element and attributes."""
    blocks: dict[str, Mapping[str, str]] = {}
    for model in OLD_MODELS:
        suffix = model.replace("_", "")
        blocks[f"APPLICATION_{suffix}"] = {
            f"APP_FILE_PATH_{suffix}": _APP_FILE_PATH,
            f"CONFIG_FILES_{suffix}": _config_files(config_files),
        }
    return blocks


def _config_files(names: Sequence[str]) -> str:
    if not names:
        raise PhoneFileError("CONFIG_FILES names no file")
    for name in names:
        if len(name) > MAX_NAME_LENGTH:
            raise PhoneFileError(
                f"CONFIG_FILES: a name has {len(name)} characters, a phone reads {MAX_NAME_LENGTH} at most"
            )
        if _CONFIG_FILE.fullmatch(name) is None:
            raise PhoneFileError("CONFIG_FILES: a name is empty or holds a character that the list cannot carry")
    listed = ",".join(names)
    if len(listed) > MAX_LIST_LENGTH:
        raise PhoneFileError(f"CONFIG_FILES has {len(listed)} characters, a phone reads {MAX_LIST_LENGTH} at most")
    return listed
