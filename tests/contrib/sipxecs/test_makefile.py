import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from tests.contrib.sipxecs.built import REGISTRAR, SOURCE, BuiltPlugin
from tests.peers.installed import installed

LIBRARY = "libautoprovregisterplugin.so"
JAR = "autoprov-registrar-plugin.jar"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what an administrator takes to the sipXecs."""
    return shutil.copytree(SOURCE, tmp_path / "sipxecs")


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [installed("make"), "-C", folder, *arguments], capture_output=True, text=True, timeout=100, check=False
    )


def with_headers(*arguments: str) -> list[str]:
    return [*arguments, f"SIPX_INCLUDE={REGISTRAR}"]


def test_without_the_registrars_headers_it_says_which_are_missing(folder: Path) -> None:
    done = make(folder, "SIPX_INCLUDE=/nowhere", LIBRARY)
    assert done.returncode != 0
    assert "missing: registry/RegisterPlugin.h utl/Plugin.h" in done.stdout
    assert "SIPX_INCLUDE=" in done.stdout


def test_without_a_compiler_it_says_what_to_install(folder: Path) -> None:
    done = make(folder, *with_headers("CXX=no-such-g++", LIBRARY))
    assert done.returncode != 0
    assert "no-such-g++ is missing: yum install gcc-c++" in done.stdout


def test_what_is_installed_is_taken_away_again(folder: Path, tmp_path: Path) -> None:
    installed("g++")
    target = tmp_path / "target"
    settings = with_headers(f"DESTDIR={target}", "SIPX_LIBDIR=/usr/lib64", "SIPX_JARDIR=/plugins", "SOCKET=/run/x/s")
    done = make(folder, "install", *settings)
    assert done.returncode == 0, done.stderr + done.stdout
    assert (target / "usr" / "lib64" / LIBRARY).stat().st_mode & 0o777 == 0o755
    assert registrar_lines(target / "plugins" / JAR) == {
        "SIP_REGISTRAR_HOOK_LIBRARY.AUTOPROV": f"/usr/lib64/{LIBRARY}",
        "SIP_REGISTRAR.AUTOPROV.SOCKET": "/run/x/s",
        "SIP_REGISTRAR.AUTOPROV.USER": "~~id~sipXprovision",
    }
    make(folder, "uninstall", *settings)
    assert [path for path in target.rglob("*") if path.is_file()] == []


def registrar_lines(jar: Path) -> dict[str, str]:
    """What sipXconfig would write into registrar-config."""
    with zipfile.ZipFile(jar) as archive:
        beans = etree.fromstring(archive.read("sipxplugin.beans.xml"))
    return {str(entry.get("key")): str(entry.get("value")) for entry in beans.iter("{*}entry")}


def test_it_compares_what_the_library_needs_with_what_the_registrar_has(folder: Path, plugin: BuiltPlugin) -> None:
    done = make(folder, "check", *with_headers(f"SIPX_LIBRARIES={plugin.host}"))
    assert done.returncode == 0, done.stderr + done.stdout
    assert "have all that" in done.stdout


def test_a_registrar_of_another_release_is_told_of(folder: Path, plugin: BuiltPlugin) -> None:
    done = make(folder, "check", *with_headers(f"SIPX_LIBRARIES={plugin.library}"))
    assert done.returncode != 0
    assert "do not have: _ZN9UtlStringC1EPKc" in done.stdout
