from pathlib import Path

import pytest

from autoprov.settings.error import SettingsError
from autoprov.settings.overlay_files import load_overlay
from autoprov_phones.polycom_overlay import Overlay, Parameter


def write(directory: Path, name: str, text: str | bytes, *, mode: int = 0o640) -> Path:
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return path


def problems_of(directory: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_overlay(directory)
    return caught.value.problems


def test_without_a_directory_there_is_no_overlay(tmp_path: Path) -> None:
    assert load_overlay(tmp_path / "overlay") == Overlay()


def test_the_site_and_its_models_have_a_file_each(tmp_path: Path) -> None:
    write(tmp_path, "Site.CONF", "a.b = 1\n")
    write(tmp_path, "vvx_410.conf", "\ufeffa.b = 2\n")
    write(tmp_path, "site.conf~", "what an editor left")
    write(tmp_path, "README", "nor is this")
    assert load_overlay(tmp_path) == Overlay(
        site=(Parameter("a.b", "1", "Site.CONF:1"),),
        models={"vvx_410": (Parameter("a.b", "2", "vvx_410.conf:1"),)},
    )


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    write(tmp_path, "VVX410.conf", "a.b = 1\n")
    write(tmp_path, "VVX_410.conf", "a.b = 1\n")
    write(tmp_path, "vvx_410.conf", "a.b = 1\n")
    write(tmp_path, "site.conf", "a.b\n")
    write(tmp_path, "SPIP_335.conf", b"a.b = \xff\n")
    write(tmp_path, "SPIP_550.conf", b"#" * 200_001)
    assert problems_of(tmp_path) == [
        "SPIP_335.conf: is not UTF-8 text, see byte 6",
        "SPIP_550.conf: more than 200000 bytes",
        "VVX410.conf: no Polycom is called so; use site.conf, or a model such as VVX_410.conf",
        "site.conf:1: is not 'name = value'",
        "vvx_410.conf: another file is named the same but for its case",
    ]


def test_a_secret_that_anybody_may_read_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path, "site.conf", "up.timeout = 5\nuser.pin = 1234\n", mode=0o644)
    assert problems_of(tmp_path) == [f"site.conf:2: user.pin is secret, and anybody may read it; run: chmod 640 {path}"]
    path.chmod(0o640)
    assert len(load_overlay(tmp_path).site) == 2


def test_a_file_without_secrets_may_be_read_by_anybody(tmp_path: Path) -> None:
    write(tmp_path, "site.conf", "up.timeout = 5\n", mode=0o644)
    assert load_overlay(tmp_path).site


def test_a_directory_in_a_files_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "site.conf").mkdir()
    assert problems_of(tmp_path) == ["site.conf: cannot be read: Is a directory"]


def test_a_file_in_the_directorys_place_is_said(tmp_path: Path) -> None:
    path = write(tmp_path, "overlay", "a.b = 1\n")
    assert problems_of(path) == ["cannot be read: Not a directory"]
