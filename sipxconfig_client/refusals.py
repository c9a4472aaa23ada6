"""What sipXconfig's failure texts mean (contract 2.1, 2.4): each opens with the name of a Java class."""

import re
from enum import Enum

from sipxconfig_client.errors import NotSpoken, Unreachable
from sipxconfig_client.transport import HttpAnswer

_JAVA_CLASS = re.compile(r"\s*((?:[a-z][\w]*\.)+[A-Z][\w$]*)")


class Meaning(Enum):
    """What a failure leaves to be done."""

    TAKEN = "the serial number is taken: look by whom"
    LOOK_AGAIN = "the database refused the record, may be for one that is there: look"
    REFUSED = "will be refused tomorrow too"
    NOT_FOUND = "there is no such record"
    UNKNOWN = "may pass"


_PERMANENT = {
    "org.sipfoundry.sipxconfig.phone.PhoneContextImpl$InvalidSerialNumberException": (
        "this model does not accept the MAC address as its serial number"
    ),
    "java.lang.IllegalArgumentException": "the config system does not know the model",
    "java.lang.NullPointerException": "the config system cannot digest this record (NullPointerException)",
    "org.sipfoundry.sipxconfig.phone.Phone$MaxLinesException": "the phone has as many lines as its model can hold",
}
_TAKEN = {
    "org.sipfoundry.sipxconfig.phone.PhoneContextImpl$DuplicateSerialNumberException": (
        "the config system says that the serial number is taken, but shows no such phone"
    ),
}
_LOOK_AGAIN = {
    "org.springframework.dao.DataIntegrityViolationException": "the config system's database refuses the record",
}
_NOT_FOUND_CLASS = "org.springframework.orm.hibernate3.HibernateObjectRetrievalFailureException"
_REFUSED_404 = {
    "No such phone model defined": "the config system got no model",
    "User not found": "the config system knows no such user",
}
_GONE_404 = "Phone not found"


def meaning(answer: HttpAnswer) -> Meaning:
    """What an answer outside 2xx says."""
    name = java_class(answer)
    text = answer.text.strip()
    if answer.status == 404:
        if text in _REFUSED_404:
            return Meaning.REFUSED
        return Meaning.NOT_FOUND if text in ("", _GONE_404) or name == _NOT_FOUND_CLASS else Meaning.UNKNOWN
    if answer.status == 500 and name in _TAKEN:
        return Meaning.TAKEN
    if answer.status == 500 and name in _LOOK_AGAIN:
        return Meaning.LOOK_AGAIN
    return Meaning.REFUSED if answer.status == 500 and name in _PERMANENT else Meaning.UNKNOWN


def plain_words(answer: HttpAnswer) -> str:
    """The failure for the operator, without a byte of the server's own text but the class name."""
    name = java_class(answer)
    known = (_PERMANENT | _TAKEN | _LOOK_AGAIN).get(name) or _REFUSED_404.get(answer.text.strip())
    return known or f"the config system answered {answer.status}" + (f" ({name})" if name else "")


def java_class(answer: HttpAnswer) -> str:
    """The class that the text opens with; ``""`` for any other text, as from a proxy."""
    match = _JAVA_CLASS.match(answer.text[:300])
    return match[1] if match else ""


def failure(answer: HttpAnswer) -> Unreachable:
    """An answer that is none, to be raised: it may pass."""
    if answer.status == 404 and meaning(answer) is Meaning.UNKNOWN:
        return NotSpoken("the config system's address is wrong: what answers there is not sipXconfig (404)")
    return Unreachable(plain_words(answer), in_doubt=answer.status >= 500)
