"""Kamailio as a site's registrar that includes contrib/kamailio/autoprov.cfg."""

import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.peers.kamailio import Kamailio, kamailio

CONTRIB = Path(__file__).parents[2] / "contrib" / "kamailio"
SNIPPET = CONTRIB / "autoprov.cfg"
_TEMPLATE = Path(__file__).with_name("kamailio_registrar.cfg")
_WITH_TCP = "tcp_connection_lifetime=310\nlisten=tcp:@ADDRESS@:@PORT@"


@contextmanager
def kamailio_registrar(
    passwords: Mapping[str, str],
    *,
    defines: Mapping[str, str],
    workers: int = 1,
    snippet: Path = SNIPPET,
    has_tcp: bool = False,
) -> Generator[Kamailio]:
    """A Kamailio with *snippet* and these ``#!define`` before it; a text among them comes with its quotes."""
    lines = "\n".join(f"#!define {name} {value}" for name, value in defines.items())
    text = _TEMPLATE.read_text("utf-8").replace("@DEFINES@", lines).replace("@WORKERS@", str(workers))
    text = text.replace("disable_tcp=yes", _WITH_TCP) if has_tcp else text
    with tempfile.TemporaryDirectory(prefix="kamailio-") as folder:
        template = Path(folder) / "template.cfg"
        template.write_text(text.replace("@AUTOPROV@", str(snippet)), "utf-8")
        with kamailio(passwords, template=template) as registrar:
            yield registrar


def mirrors_to(address: tuple[str, int]) -> dict[str, str]:
    """The define that lets it mirror there."""
    return {"AUTOPROV_HEP": f'"sip:{address[0]}:{address[1]}"'}
