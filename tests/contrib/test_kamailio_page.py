"""docs/hosts/kamailio.md says what is there."""

import re
import tomllib
from pathlib import Path

from autoprov.settings.file import read_settings
from autoprov.settings.secret_files import Secrets
from registrar_plugin.hosts.hep_rules import HepMode
from tests.peers.kamailio_registrar import CONTRIB, SNIPPET

_PAGE = CONTRIB.parents[1] / "docs" / "hosts" / "kamailio.md"
_NAME = re.compile(r"\bAUTOPROV_[A-Z_]+\b")


def test_the_page_explains_every_define_and_no_other() -> None:
    of_the_hook = set(_NAME.findall((CONTRIB / "autoprov_hook.py").read_text("utf-8")))
    there = set(_NAME.findall(SNIPPET.read_text("utf-8"))) | of_the_hook
    assert set(_NAME.findall(_PAGE.read_text("utf-8"))) == there


def test_its_settings_can_be_used(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", _PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    secrets = Secrets(b"k" * 32, "of-all-phones", "made-up")
    settings = read_settings(tmp_path / "autoprov.toml", tomllib.loads(found[1]), secrets)
    assert settings.hep
    assert (settings.hep.listen, settings.hep.mode) == (("127.0.0.1", 9060), HepMode.FILTERED)
    assert (settings.registrar.address, settings.registrar.told_port) == ("pbx.example.org", 5060)
