"""A phone has its answer while what there is to tell of it still waits to be written."""

from collections.abc import Generator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.apache.edges import PREFIX
from tests.apache.sites import make_site
from tests.peers.apache import Apache, VirtualHost, apache, apache_folder, install_code

PATIENCE_SECONDS = 4
WRITES = "        line = report.to_line()\n"
WAITS = "        while not os.access('{go}', os.F_OK): time.sleep(0.01)\n"


@pytest.fixture
def server() -> Generator[Apache]:
    """Our ways of serving, whose reports are not written before the test is over."""
    with apache_folder() as folder:
        code = folder / "slow"
        install_code(code)
        make_reports_wait(code / "autoprov_web" / "fetch_report.py", for_=folder / "go")
        defines = {
            "AUTOPROV_CODE": str(code),
            "AUTOPROV_SITE": str(make_site(folder / "site")),
            "AUTOPROV_PATH": f"{PREFIX}/",
        }
        includes = {"cgi": "autoprov-cgi.conf", "wsgi": "autoprov-wsgi.conf"}
        with apache(folder, {name: VirtualHost((include,), defines) for name, include in includes.items()}) as started:
            yield started
            (folder / "go").touch()


def make_reports_wait(module: Path, *, for_: Path) -> None:
    text = module.read_text("utf-8")
    assert WRITES in text
    module.write_text(text.replace(WRITES, WAITS.format(go=for_) + WRITES), "utf-8")


@pytest.mark.parametrize("way", ["cgi", "wsgi"])
def test_a_phone_does_not_wait_until_its_fetch_is_told_of(server: Apache, way: str) -> None:
    with urlopen(f"{server.url(way)}{PREFIX}/000000000000.cfg", timeout=PATIENCE_SECONDS) as answer:
        assert answer.read().rstrip().endswith(b"</APPLICATION>")
