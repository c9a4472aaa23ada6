"""A phone file as its phone takes it: elements only group, so all that counts is the attributes."""

from lxml import etree


def root_of(file: bytes) -> str:
    """The name of the root element."""
    return str(etree.fromstring(file).tag)


def parameters(file: bytes) -> dict[str, str]:
    """All parameters of a file, which names none twice."""
    found: dict[str, str] = {}
    for element in etree.fromstring(file).iter():
        for name, value in element.attrib.items():
            assert str(name) not in found
            found[str(name)] = str(value)
    return found
