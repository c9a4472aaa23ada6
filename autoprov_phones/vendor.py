"""The shape of what is known of a make."""

import re
from dataclasses import dataclass

MAC_GROUP = "mac"
SERIAL_GROUP = "serial"
PROGRAM_GROUP = "program"


@dataclass(frozen=True, slots=True)
class UserAgentPattern:
    """One family's HTTP and SIP User-Agents, matched whole.

    *pattern* has the groups ``model`` and ``firmware``. It may have ``mac`` (twelve hex digits), ``serial`` (a MAC on
    some phones, on others not) and ``program`` (``Updater`` or ``Application``).
    """

    family: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ModelRule:
    """How sipXconfig's model id is spelled for the tokens that *token* matches whole; *model_id* is an expand template.

    A rule only spells: whether sipXconfig has a model of that name is its table's matter.
    """

    token: re.Pattern[str]
    model_id: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """All that is known of one make; *ouis* are the first six digits of its MAC addresses, lower case."""

    name: str
    user_agents: tuple[UserAgentPattern, ...]
    ouis: frozenset[str]
    sipxconfig_models: tuple[ModelRule, ...] = ()
