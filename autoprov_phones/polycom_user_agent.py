"""What software a Polycom says it runs, read without patterns: on this path each import is paid at every request.

``user_agents.recognise`` tells makes apart; this tells which of our documents a phone that fetches one can read. A
User-Agent is no proof of anything, and nothing that is given away hangs on it.
"""

from __future__ import annotations

MAX_LENGTH = 512
"""A longer User-Agent is not read."""
_TRANSPORT = "FileTransport"
_FIRST_TYPED = (4, 0)
"""Applications from UC Software 4.0 on say ``Type/Application`` over HTTP (phones 1.5)."""
_FIRST_NEW_FORM = (3, 3)
"""UC Software 3.3 brought the files that 4 and later read; 3.2.x and older need ``<phone1>`` (Polycom's white papers
60806, for 3.3.0 and later, and the one before it, for 3.2.5 or earlier)."""
_NAME_SYMBOLS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")
_UNKNOWN = (0, 0)


def polycom_software(user_agent: str) -> tuple[str, int | None, bool]:
    """The model's token (``VVX_410``), the application's major version, and whether the updater or boot ROM speaks.

    The token is ``""`` where no Polycom speaks; the version is None where none is said, or not the application's:

    - ``Type/Updater``: the updater's own (UC Software 4.0 and later);
    - no ``Type`` over HTTP and a version of 4 or above: a boot ROM's (``SPIP_335-UA/4.2.2.0710``) over a 3.x.

    A boot ROM of 3.x looks like an application of 3.x. It fetches master files and images, which are the same for both.
    """
    model, version, is_updater = _read(user_agent)
    return model, version[0] or None, is_updater


def reads_old_form_only(user_agent: str) -> bool:
    """Whether an application older than UC Software 3.3 asks, which reads ``<phone1>`` and not what came after."""
    model, version, is_updater = _read(user_agent)
    return model != "" and not is_updater and _UNKNOWN < version < _FIRST_NEW_FORM


def is_old_form_version(version: str) -> bool:
    """The same of an application's version alone (``3.1.8.0070``); not of what is none."""
    return _UNKNOWN < _version(version) < _FIRST_NEW_FORM


def document_model(token: str) -> str:
    """A model's token as it stands in the names of compiled documents: ``vvx_410``, ``trio_visual_``."""
    return "".join(symbol if symbol in _NAME_SYMBOLS else "_" for symbol in token.lower())


def _read(user_agent: str) -> tuple[str, tuple[int, int], bool]:
    # FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater
    # Polycom/5.4.3.2007 PolycomRealPresenceTrio-Trio_8800-UA/5.4.3.2007
    words = user_agent.split(" ") if len(user_agent) <= MAX_LENGTH else []
    for word in words:
        product, mark, said = word.partition("-UA/")
        line, hyphen, model = product.partition("-")
        if mark and hyphen and line.startswith("Poly") and _is_token(line) and _is_token(model):
            version = _version(said)
            kinds = [other for other in words if other.startswith("Type/")]
            is_boot_rom = words[0] == _TRANSPORT and not kinds and version >= _FIRST_TYPED
            is_updater = is_boot_rom or "Type/Updater" in kinds
            return model, _UNKNOWN if is_updater else version, is_updater
    return "", _UNKNOWN, False


def _is_token(text: str) -> bool:
    return text != "" and _NAME_SYMBOLS.issuperset(text.lower().replace("_", "").replace("+", ""))


def _version(said: str) -> tuple[int, int]:
    """``5.9.5.0614``, ``4.1.4.7430_0004f2abcdef`` -> the first two numbers; (0, 0) for what is no version."""
    numbers = said.partition("_")[0].split(".")
    if len(numbers) < 2 or not all(number.isascii() and number.isdigit() for number in numbers[:2]):
        return _UNKNOWN
    major, minor = numbers[:2]
    # 132.244.41.145: a tool that hides addresses took the version for one
    return (int(major), int(minor)) if len(major) <= 2 and len(minor) <= 4 else _UNKNOWN
