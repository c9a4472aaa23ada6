"""Messages by name that several tests read: captured, tortuous, and our own shapes."""

from collections.abc import Mapping

from tests.registrar_plugin.sip.test_shapes import ALL_SHAPES
from tests.shared_data import shared_data


def captured_registers() -> Mapping[str, bytes]:
    """The REGISTERs of real phones, by file name without its suffix."""
    files = sorted(shared_data("register").glob("*.txt"))
    return {file.stem: file.read_bytes() for file in files}


def tortuous_messages() -> Mapping[str, bytes]:
    """The messages of RFC 4475, by the RFC's own names."""
    files = sorted(shared_data("torture").glob("*.dat"))
    return {file.stem: file.read_bytes() for file in files}


def all_messages() -> Mapping[str, bytes]:
    """Everything, our own shapes by their names."""
    shapes = {name: shape.data for name, shape in ALL_SHAPES.items()}
    return {**captured_registers(), **tortuous_messages(), **shapes}
