"""Every shape that is refused, at the running registrar, by UDP, TCP and TLS: told why, and bound nowhere."""

from pathlib import Path

import pytest

from registrar_plugin.hosts.listener import Transport
from tests.peers.certificates import make_certificate
from tests.registrar_plugin.hosts.site import Site, loopback
from tests.registrar_plugin.hosts.test_shapes_on_the_wire import answer_to
from tests.registrar_plugin.refused_shapes import REFUSED_SHAPES

NO_END = "refused lines: no empty one"


@pytest.mark.parametrize("transport", Transport)
def test_a_shape_is_refused_with_its_reason(transport: Transport, tmp_path: Path) -> None:
    answers = dict[str, str]()
    with Site(loopback(transport), certificate=make_certificate(tmp_path)) as site:
        for name, shape in REFUSED_SHAPES.items():
            if name == NO_END and transport is not Transport.UDP:
                continue  # there it is not whole yet
            answers[name] = answer_to(shape.data, site, transport).split(b"\r\n")[0].decode()
        assert site.accepted == []
    expected = {name: f"SIP/2.0 {shape.status} {shape.reason}" for name, shape in REFUSED_SHAPES.items()}
    assert answers == {name: expected[name] for name in answers}
