"""Finds out which generation of sipXconfig answers, without changing anything there (contract 8)."""

import logging

from sipxconfig_client.answers import NotSipxconfigError, read_models
from sipxconfig_client.capabilities import Capabilities, Generation
from sipxconfig_client.errors import NotSpoken
from sipxconfig_client.old_rest import OLD_REST_PATH, is_xstream_error
from sipxconfig_client.refusals import failure
from sipxconfig_client.transport import HttpAnswer, Transport

logger = logging.getLogger(__name__)

_NO_SUCH_PATH = (404, 405, 501)
_HARMLESS = (
    b"<phones><phone><serialNumber>autoprov-probe</serialNumber><model>autoprov-probe</model>"
    b"<version>0</version></phone></phones>"
)
"""No model is called that, so nothing is stored: 200 where ``<version>`` is known, XStream's 500 where it is not."""


def probe(transport: Transport) -> Capabilities:
    """What the config system speaks; the new API where it has both.

    That there is no new API is believed after the old one answered and the new one was missing again: one stray 404
    of a proxy must not take the list of phones away.

    Raises:
        Unreachable, AccessDenied: nothing was found out.
    """
    found = _new_api(transport)
    if found is None:
        takes_version = _old_rest_takes_version(transport)
        found = _new_api(transport) or Capabilities(Generation.OLD_REST, takes_version)
    logger.info("config system probed", extra={"speaks": found.words, "models": len(found.models)})
    return found


def _new_api(transport: Transport) -> Capabilities | None:
    try:
        answer = transport.send("GET", "/api/phones/models")
    except NotSpoken:
        return None  # a redirect, as to a page for logging in; if it is of the whole server, the old REST says so
    if answer.status in _NO_SUCH_PATH:
        return None
    if answer.status != 200:
        raise failure(answer)
    try:
        models = read_models(answer.body)
    except NotSipxconfigError as error:
        raise NotSpoken(
            f"the config system's address answers with something that is not sipXconfig: {error}"
        ) from error
    return Capabilities(Generation.NEW_API, models={model.model_id: model for model in models})


def _old_rest_takes_version(transport: Transport) -> bool:
    answer = transport.send("POST", OLD_REST_PATH, _HARMLESS)
    if answer.status == 200 and not answer.body:
        return True
    if is_xstream_error(answer):
        return False
    raise _no_generation(answer)


def _no_generation(answer: HttpAnswer) -> NotSpoken:
    reason = "the config system's address is wrong: what answers there speaks neither generation of sipXconfig's REST"
    return NotSpoken(f"{reason} ({answer.status})")
