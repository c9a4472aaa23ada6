"""Phone files as a person looks at them: their parameters, which files a master names, secrets starred."""

from collections.abc import Callable, Sequence

from lxml import etree

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_master import MAC_VARIABLE

STARS = "********"


def parameters_of(file: bytes) -> dict[str, str]:
    """The parameters of one of our files, in its order; elements only group them."""
    return {
        str(name): str(value)
        for element in etree.fromstring(file).iter(etree.Element)
        for name, value in element.attrib.items()
    }


def config_files_of(master: bytes, *, mac: MacAddress, model: str) -> Sequence[str]:
    """The names of the files that a phone of *model* (``SPIP_601``) fetches, in its order, without their folders."""
    named = parameters_of(master)
    listed = named.get(f"CONFIG_FILES_{model.replace('_', '')}") or named.get("CONFIG_FILES", "")
    return [name.rpartition("/")[2].replace(MAC_VARIABLE, str(mac)) for name in listed.split(",")]


def starred(file: bytes, *, is_secret: Callable[[str, str], bool], token: str) -> bytes:
    """*file* with stars for the value of each parameter that *is_secret*, and for *token* wherever it stands."""
    root = etree.fromstring(file)
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            text = str(value)
            hidden = STARS if text and is_secret(str(name), text) else text.replace(token, STARS)
            element.set(str(name), hidden)
    declaration, _, _ = file.partition(b"\n")
    return declaration + b"\n" + etree.tostring(root, encoding="UTF-8") + b"\n"
