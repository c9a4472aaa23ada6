"""Every shape of a REGISTER is read for what stands in it."""

import pytest

from tests.registrar_plugin.reading import read_ours
from tests.registrar_plugin.shapes import SHAPES


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_read_for_what_stands_in_it(name: str) -> None:
    assert read_ours(SHAPES[name].data) == SHAPES[name].expected
