"""Every shape of a REGISTER is read for what stands in it."""

import pytest

from tests.registrar_plugin.rare_shapes import RARE_SHAPES
from tests.registrar_plugin.reading import read_ours
from tests.registrar_plugin.shapes import SHAPES

ALL_SHAPES = {**SHAPES, **RARE_SHAPES}


def test_no_shape_hides_another() -> None:
    assert len(ALL_SHAPES) == len(SHAPES) + len(RARE_SHAPES)


@pytest.mark.parametrize("name", ALL_SHAPES)
def test_a_shape_is_read_for_what_stands_in_it(name: str) -> None:
    assert read_ours(ALL_SHAPES[name].data) == ALL_SHAPES[name].expected
