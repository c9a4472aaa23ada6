"""sipXconfig's old REST (contract 1): takes phones, and says next to nothing about them.

Its 200 is empty, and the same for a phone that it stored, had already or swallowed. It stores no phone twice, so that
sending one again is harmless. Whether a Polycom is there is told by one of the files that sipXconfig makes for it.
Asking makes sipXconfig write that file: one is chosen that no phone without a master file of its own ever fetches.
"""

import logging
import re
from collections.abc import Sequence

from autoprov_phones.sipxconfig_models import load_models
from sipxconfig_client.errors import NotSpoken, Refused, Unreachable
from sipxconfig_client.old_bodies import check_phone, is_known_model, phones_body
from sipxconfig_client.refusals import Meaning, failure, meaning, plain_words
from sipxconfig_client.transport import HttpAnswer, Transport
from sipxconfig_client.values import Accepted, NewPhone

logger = logging.getLogger(__name__)

OLD_REST_PATH = "/rest/phone"
MAX_BATCH = 20
"""A hundred cost the server half as much each, but one answer in doubt then makes as many questions."""
_TELLING_FILES = ("sipx-applications.cfg", "sipx-device.cfg")
"""Of firmware 4 and later, and of 3 and earlier."""
_RESTLET_404 = "The server has not found anything matching the request URI"
_ERROR_TYPE = re.compile(r'"type":"([\w.$]{1,200})"')
_SWALLOWED = (
    "the config system took the request and stored no phone; its log says why (a model that it does not know, or a "
    "MAC address that the model does not accept)"
)


class OldRest:
    """Every method may raise ``Unreachable`` or ``AccessDenied``."""

    def __init__(self, transport: Transport, *, takes_version: bool) -> None:
        self._transport = transport
        self._takes_version = takes_version

    def create(self, new: NewPhone) -> Accepted:
        """Send one phone and ask whether it is there.

        Raises:
            Refused: it will never be.
        """
        check_phone(new, takes_version=self._takes_version)
        try:
            self._post([new])
        except Unreachable as error:
            if not error.in_doubt or not self._is_there(new):
                raise
            return Accepted(is_checked=True)
        return self._checked(new)

    def create_many(self, phones: Sequence[NewPhone]) -> list[Accepted | Refused | Unreachable]:
        """Send phones together where nothing can go wrong with any of them; what became of each, in their order.

        One bad phone would take those after it along, so the doubtful ones are sent alone.
        """
        found: dict[int, Accepted | Refused | Unreachable] = {}
        sound: list[tuple[int, NewPhone]] = []
        for place, new in enumerate(phones):
            try:
                check_phone(new, takes_version=self._takes_version)
            except Refused as refusal:
                found[place] = refusal
                continue
            if is_known_model(new):
                sound.append((place, new))
            else:
                found[place] = self._outcome(new, is_sent=False)
        for start in range(0, len(sound), MAX_BATCH):
            batch = sound[start : start + MAX_BATCH]
            doubt = self._post_batch([new for _, new in batch])
            for place, new in batch:
                found[place] = doubt or self._outcome(new, is_sent=True)
        return [found[place] for place in range(len(phones))]

    def _post_batch(self, batch: Sequence[NewPhone]) -> Unreachable | None:
        """What says that nothing was sent; after an answer in doubt each phone is sent again where it is not there."""
        try:
            self._post(batch)
        except Unreachable as error:
            return None if error.in_doubt else error
        except Refused as refusal:
            logger.warning("batch refused, each phone is asked for", extra={"reason": str(refusal)})
        return None

    def _outcome(self, new: NewPhone, *, is_sent: bool) -> Accepted | Refused | Unreachable:
        try:
            if is_sent and self._is_there(new):
                return Accepted(is_checked=True)
            return self.create(new)
        except (Refused, Unreachable) as error:
            return error

    def _post(self, phones: Sequence[NewPhone]) -> None:
        body = phones_body(phones, takes_version=self._takes_version)
        answer = self._transport.send("POST", OLD_REST_PATH, body)
        if answer.status == 200:
            if answer.body:
                raise NotSpoken("the config system's old REST answered with something that is not its own")
            return
        if is_xstream_error(answer):
            raise NotSpoken("the config system's old REST does not know an element that it knew before")
        if answer.status == 500 and meaning(_with_type_first(answer)) is Meaning.REFUSED:
            raise Refused(plain_words(_with_type_first(answer)))
        raise failure(_with_type_first(answer))

    def _checked(self, new: NewPhone) -> Accepted:
        is_there = self._is_there(new)
        if is_there is False:
            raise Refused(_SWALLOWED)
        return Accepted(is_checked=is_there is True)

    def _is_there(self, new: NewPhone) -> bool | None:
        """None where nothing tells: of other makes than Polycom no file is known that says so."""
        model = load_models().get(new.model_id)
        if model is None or model.vendor != "Polycom":
            return None
        return any(self._has_file(new, name) for name in _TELLING_FILES)

    def _has_file(self, new: NewPhone, name: str) -> bool:
        answer = self._transport.send("GET", f"{OLD_REST_PATH}/{new.mac}/profile/{new.mac}-{name}")
        if answer.status == 200:
            if answer.content_type.startswith("text/html"):
                raise NotSpoken("the config system's old REST answered with a page where a phone's file is due")
            return True
        if answer.status == 404 and _RESTLET_404 in answer.text:
            return False
        raise failure(_with_type_first(answer))


def is_xstream_error(answer: HttpAnswer) -> bool:
    """Whether the body could not be read as phones: this generation does not know an element of it."""
    return answer.status == 500 and _error_type(answer).startswith("com.thoughtworks.xstream.")


def _with_type_first(answer: HttpAnswer) -> HttpAnswer:
    """The answer with its Java class in front, where the new API has it. The body is no JSON, whatever it says."""
    return HttpAnswer(answer.status, answer.content_type, f"{_error_type(answer)} {answer.text[:300]}".encode())


def _error_type(answer: HttpAnswer) -> str:
    match = _ERROR_TYPE.search(answer.text[-400:])
    return match[1] if match else ""
