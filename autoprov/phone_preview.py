"""What one phone would get, by the routes that answer phones; nobody is asked who he is, and nothing is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from autoprov_phones.derived_secret import derive_own_token
from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_master import OLD_MODELS
from autoprov_phones.polycom_names import (
    BOOTSTRAP_FILE_NAME,
    LINES,
    MASTER,
    OVERRIDES,
    REGISTRATION,
    REGISTRATION_3,
    SITE,
)
from autoprov_phones.polycom_overlay import EffectiveParameter, Overlay, effective_parameters
from autoprov_phones.polycom_reading import config_files_of, parameters_of
from autoprov_phones.polycom_user_agent import document_model
from autoprov_phones.requested_file import read_file_name
from autoprov_web import routes
from autoprov_web.answer import OK, Answer, not_found
from autoprov_web.site import Site
from autoprov_web.spool_reader import CannotTell, Known, Stranger

Knowledge: TypeAlias = Known | Stranger | CannotTell


@dataclass(frozen=True, slots=True)
class PreviewedPhone:
    """*model* is a token such as ``VVX_410``, ``""`` for any; *firmware* the application's version."""

    mac: MacAddress
    model: str
    firmware: str

    @property
    def user_agent(self) -> str:
        """What its application says when it fetches files."""
        if not self.model:
            return ""
        typed = "" if self.firmware.partition(".")[0] in ("1", "2", "3") else " Type/Application"
        return f"FileTransport PolycomVVX-{self.model}-UA/{self.firmware}{typed}"


@dataclass(frozen=True, slots=True)
class ExplainedParameter:
    """What the phone takes, and where it stands (``site.conf:3``, a file's name); *shadowed* is what it passes over."""

    name: str
    value: str
    origin: str
    shadowed: tuple[tuple[str, str], ...]


class PhonePreview:
    """The answers that *phone* would get of *site*; *proven*, once it has shown that it is this phone."""

    def __init__(self, site: Site, phone: PreviewedPhone, *, knowledge: Knowledge, proven: bool) -> None:
        self._site = site
        self._phone = phone
        self._knowledge = knowledge
        self._token = derive_own_token(phone.mac, key=site.key)
        self._proven = proven

    @property
    def token(self) -> str:
        """The name of the phone's own directory, which is a secret."""
        return self._token

    @property
    def names(self) -> Sequence[str]:
        """The names under which there may be something for it, in the order of its requests."""
        registration = REGISTRATION_3 if self._phone.model in OLD_MODELS else REGISTRATION
        suffixes = (MASTER, registration, LINES, SITE, OVERRIDES)
        own, *others = [f"{self._phone.mac}{suffix}" for suffix in suffixes]
        return [own, BOOTSTRAP_FILE_NAME, *others]

    def answer(self, name: str) -> Answer:
        """The answer to a request for *name*."""
        requested = read_file_name(name, token=self._token if self._proven else "")
        if requested.is_bootstrap:
            return routes.bootstrap(requested, self._site)
        if requested.mac != self._phone.mac:
            return not_found()
        return routes.phone_answer(
            requested,
            self._phone.mac,
            knowledge=self._knowledge,
            user_agent=self._phone.user_agent,
            proven=self._proven,
            site=self._site,
        )

    def config_files(self) -> Sequence[str]:
        """The files that its master file names, which is its own or, after any failure of that, the bootstrap file."""
        own, bootstrap = self.names[:2]
        master = self.answer(own)
        if master.status != OK:
            master = self.answer(bootstrap)
        return config_files_of(master.body, mac=self._phone.mac, model=self._phone.model)

    def explain(self, overlay: Overlay) -> Sequence[ExplainedParameter]:
        """All parameters that it takes of its configuration files: the first that it finds of each."""
        lines = {each.parameter.name: each for each in effective_parameters(overlay, document_model(self._phone.model))}
        taken: dict[str, ExplainedParameter] = {}
        for file in self.config_files():
            answer = self.answer(file)
            found = parameters_of(answer.body) if answer.status == OK else {}
            for name, value in found.items():
                line = lines.get(name) if file.endswith(SITE) else None
                here = _explained(name, value, file, line)
                first = taken.setdefault(name, here)
                if first is not here:
                    shadowed = (*first.shadowed, (here.origin, here.value), *here.shadowed)
                    taken[name] = ExplainedParameter(name, first.value, first.origin, shadowed)
        return list(taken.values())


def _explained(name: str, value: str, file: str, line: EffectiveParameter | None) -> ExplainedParameter:
    if line is None:
        return ExplainedParameter(name, value, file, ())
    shadowed = tuple((each.origin, each.value) for each in line.shadowed)
    return ExplainedParameter(name, value, line.parameter.origin, shadowed)
