"""An operator's own parameters for Polycom phones, as plain lines ``name = value``: for the site, and for a model."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autoprov_phones.polycom_document import is_text
from autoprov_phones.user_agents import recognise

MAX_BYTES = 200_000
"""A longer parameter file is somebody's slip."""
# tcpIpApp.sntp.address, reg.1.acd-login-logout, voice.audioProfile.G7221.24kbps.payloadType, roaming_buddies.reg
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+", re.ASCII)
_MAX_NAME_LENGTH = 128
_DEVICE = "device."
_DEVICE_SET = "device.set"
_SET = ".set"
_REFUSED = (
    (re.compile(r"reg\..*", re.IGNORECASE), "lines are assigned on the page; this would replace the phone's own"),
    (re.compile(r"device\.prov\..*", re.IGNORECASE), "the phone would look for its files elsewhere"),
    (re.compile(r"device\.dhcp\.bootSrv.*", re.IGNORECASE), "the phone would look for its files elsewhere"),
    (re.compile(r".*\.checkSync\..*", re.IGNORECASE), "the phone would not fetch its files when it is told to"),
    (re.compile(r"device\.(?:.*\.)?set", re.IGNORECASE), "is added by itself to each device. parameter"),
)
# device.auth.localAdminPassword, device.logincred.pin, sec.encryption.key, device.net.dot1x.password; and numbered:
# device.wifi.wep.key1, sec.TLS.customDeviceKey.1
_SECRET_NAME = re.compile(
    r".*(?:passw(?:or)?d|passphrase|passcode|secret|credential).*|.*(?:\.pin|psk|pwd|community|key|token)[.0-9]*",
    re.IGNORECASE,
)
_SECRET_URL = re.compile(r".*://[^/]*@.*|.*[?&][^=&]*(?:passw|pwd|secret|token|apikey)[^=&]*=.*", re.IGNORECASE)


class OverlaySyntaxError(ValueError):
    """A parameter file cannot be used; *problems* has a line of words for each reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of a parameter file; *origin* is ``site.conf:12``."""

    name: str
    value: str = field(repr=False)
    origin: str

    @property
    def is_secret(self) -> bool:
        """Whether a phone has to show who it is before it gets this."""
        return is_secret(self.name, self.value)


@dataclass(frozen=True, slots=True)
class Overlay:
    """The site's parameters and those of models, the latter by ``document_model`` of their token."""

    site: tuple[Parameter, ...] = ()
    models: Mapping[str, tuple[Parameter, ...]] = field(default_factory=dict[str, tuple[Parameter, ...]])


@dataclass(frozen=True, slots=True)
class EffectiveParameter:
    """What one phone takes, and which lines it therefore passes over."""

    parameter: Parameter
    shadowed: tuple[Parameter, ...]


def is_secret(name: str, value: str) -> bool:
    """Whether a parameter's value is a secret: by its name, or as a URL with somebody's password in it."""
    is_named_so = _SECRET_NAME.fullmatch(name) is not None and not name.endswith(_SET)
    return is_named_so or _SECRET_URL.fullmatch(value) is not None


def read_parameters(name: str, text: str) -> tuple[Parameter, ...]:
    """The parameters of the file *name*, in its order.

    ``#`` begins a comment at the start of a line only. A value goes to the end of its line, without the blanks round
    it; one pair of double quotes round it keeps blanks, and nothing inside is special.

    Raises:
        OverlaySyntaxError: everything that is wrong, each with file, line and reason, never with a value.
    """
    found: dict[str, Parameter] = {}
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        origin = f"{name}:{number}"
        words = line.strip(" \t\r")
        if not words or words.startswith("#"):
            continue
        try:
            parameter = _read_line(words, origin)
        except ValueError as error:
            problems.append(f"{origin}: {error}")
            continue
        known = found.setdefault(parameter.name.lower(), parameter)
        if known is not parameter:
            problems.append(f"{origin}: {parameter.name} stands already in {known.origin}")
    if problems:
        raise OverlaySyntaxError(problems)
    return tuple(found.values())


def model_token(text: str) -> str | None:
    """The model that a person means, as its User-Agent spells it (``VVX_410``); None where no Polycom is called so."""
    line, _, rest = text.partition("_")
    for token in (text, text.upper(), f"{line.capitalize()}_{rest.upper()}"):
        software = recognise(f"PolycomVVX-{token}-UA/1.0")
        if software is not None and software.model == token:
            return token
    return None


def effective_parameters(overlay: Overlay, model: str) -> tuple[EffectiveParameter, ...]:
    """What phones of *model* take of the overlay, by name: the model's lines win over the site's.

    *model* is ``document_model`` of a token; one without lines of its own takes the site's.
    """
    chosen: dict[str, EffectiveParameter] = {}
    for parameter in (*overlay.models.get(model, ()), *overlay.site):
        first = chosen.get(parameter.name.lower())
        if first is None:
            chosen[parameter.name.lower()] = EffectiveParameter(parameter, ())
        else:
            chosen[parameter.name.lower()] = EffectiveParameter(first.parameter, (*first.shadowed, parameter))
    return tuple(chosen[name] for name in sorted(chosen))


def parameter_groups(parameters: Sequence[Parameter]) -> dict[str, dict[str, str]]:
    """The groups of a phone file with these *parameters*, each in the element of its name's first part.

    What goes into the phone's flash (``device.``) counts only with a switch of its own and one for all; both are added.
    """
    groups: dict[str, dict[str, str]] = {}
    for parameter in parameters:
        group = groups.setdefault(parameter.name.partition(".")[0], {})
        group[parameter.name] = parameter.value
        if parameter.name.startswith(_DEVICE):
            group[_DEVICE_SET] = "1"
            group[parameter.name + _SET] = "1"
    return groups


def _read_line(words: str, origin: str) -> Parameter:
    name, equals, value = words.partition("=")
    name, value = name.rstrip(" \t"), value.lstrip(" \t")
    if not equals:
        raise ValueError("is not 'name = value'")
    if _NAME.fullmatch(name) is None or len(name) > _MAX_NAME_LENGTH:
        raise ValueError("has no name such as tcpIpApp.sntp.address in front of the '='")
    if name.lower().startswith(_DEVICE) and not name.startswith(_DEVICE):
        raise ValueError(f"{name} is spelled with a small d, device.")
    for pattern, reason in _REFUSED:
        if pattern.fullmatch(name):
            raise ValueError(f"{name} cannot be set here: {reason}")
    if value.startswith('"'):
        if len(value) < 2 or not value.endswith('"'):
            raise ValueError(f"{name}: the quote is not closed at the end of the line")
        value = value[1:-1]
    if not is_text(value):
        raise ValueError(f"{name} holds a character that a phone file cannot carry")
    return Parameter(name, value, origin)
