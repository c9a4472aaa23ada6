"""What is sent to the old REST: XML whose every element it knows, for it refuses a whole request for any other.

All that it would swallow without a word, or fail at in the middle of a batch, is refused here beforehand.
"""

import re
from collections.abc import Sequence

from lxml import etree

from autoprov_phones.description import MAX_LENGTH
from autoprov_phones.sipxconfig_models import load_models
from sipxconfig_client.errors import Refused
from sipxconfig_client.values import NewPhone
from sipxconfig_client.versions import unique_part, version_id


def is_known_model(new: NewPhone) -> bool:
    """Whether our table has the model: of any other nobody can say beforehand what becomes of it."""
    return new.model_id in load_models()


def check_phone(new: NewPhone, *, takes_version: bool) -> None:
    """See to it that the old REST would store *new*, as far as can be told.

    Raises:
        Refused: it would swallow it, or store it with some other version.
    """
    if len(new.description) > MAX_LENGTH:
        raise Refused(f"the Description has {len(new.description)} characters; the config system holds {MAX_LENGTH}")
    model = load_models().get(new.model_id)
    if model is None:
        return
    if re.fullmatch(model.serial_number_pattern, str(new.mac)) is None:
        raise Refused("this model does not accept the MAC address as its serial number")
    if takes_version and model.versions:
        _version_text(new)


def phones_body(phones: Sequence[NewPhone], *, takes_version: bool) -> bytes:
    """The phones in their order.

    Raises:
        Refused: as ``check_phone``; or a Description that no XML can carry.
    """
    root = etree.Element("phones")
    for new in phones:
        element = etree.SubElement(root, "phone")
        fields = {"serialNumber": str(new.mac), "model": new.model_id, "description": new.description}
        if takes_version and (text := _version_text(new)) is not None:
            fields["version"] = text
        for name, value in fields.items():
            try:
                etree.SubElement(element, name).text = value
            except ValueError as error:
                raise Refused(f"the phone's {name} has characters that no XML can carry") from error
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _version_text(new: NewPhone) -> str | None:
    """What names the version; None for a model without versions, for which none may be sent or left out."""
    model = load_models().get(new.model_id)
    if model is None:
        return None if new.version is None else version_id(new.version)
    if not model.versions:
        return None
    text = None if new.version is None else unique_part(new.version, model.versions)
    if text is None:
        raise Refused(f"sipXconfig's {new.model_id} has no version that {new.version or 'nothing'} names alone")
    return text
