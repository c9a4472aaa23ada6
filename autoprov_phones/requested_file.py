"""What a phone asks for, told by the name of the file (phones 1.1, 1.2)."""

import re
from dataclasses import dataclass
from enum import Enum

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_files import (
    BOOTSTRAP_FILE_NAME,
    line_file_name,
    master_file_name,
    registration_file_name,
)

MAX_LENGTH = 255
# 0004f2abcdef-phone.cfg, 0004f2abcdef.cfg, 0004f2e765da_reg.cfg
_OF_PHONE = re.compile(r"([0-9a-f]{12})[._-][0-9a-z._-]*", re.ASCII)
_TWELVE_ZEROS = "000000000000"


class FileKind(Enum):
    """What a name stands for."""

    BOOTSTRAP = "bootstrap file"
    MASTER = "phone's own master file"
    REGISTRATION = "registration of an unassigned phone"
    LINES = "lines of an assigned phone"
    OTHER_OF_PHONE = "another file of one phone"
    OTHER = "other file"


@dataclass(frozen=True, slots=True)
class RequestedFile:
    """*name* is the requested one in lower case; *mac* is there for all kinds but BOOTSTRAP and OTHER."""

    kind: FileKind
    name: str
    mac: MacAddress | None = None


def read_file_name(name: str) -> RequestedFile:
    """What *name*, a path's last segment, stands for, in any case; whatever it holds, an answer.

    Names of the twelve zeros other than the bootstrap file belong to all phones (``000000000000-license.cfg``).
    """
    lower = name.lower()
    if lower == BOOTSTRAP_FILE_NAME:
        return RequestedFile(FileKind.BOOTSTRAP, lower)
    match = _OF_PHONE.fullmatch(lower) if len(lower) <= MAX_LENGTH else None
    if match is None or match[1] == _TWELVE_ZEROS:
        return RequestedFile(FileKind.OTHER, lower)
    mac = MacAddress(match[1])
    kinds = {
        master_file_name(mac): FileKind.MASTER,
        registration_file_name(mac): FileKind.REGISTRATION,
        line_file_name(mac): FileKind.LINES,
    }
    return RequestedFile(kinds.get(lower, FileKind.OTHER_OF_PHONE), lower, mac)
