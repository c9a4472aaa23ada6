import os
from pathlib import Path

import pytest

from autoprov.boot_root.error import BootRootError
from autoprov.boot_root.way import owners_on_the_way, refuse_way_of

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
THEM = 54321
"""A user whom nobody knows by a name."""


def test_the_way_of_root_alone_is_fit_for_root(tmp_path: Path) -> None:
    assert owners_on_the_way(tmp_path) == {0}
    refuse_way_of({THEM}, tmp_path / "not" / "there")


@pytest.mark.parametrize("theirs", ["folder", "folder/tftp"])
def test_who_owns_a_directory_on_the_way_is_told(tmp_path: Path, theirs: str) -> None:
    (tmp_path / "folder" / "tftp").mkdir(parents=True)
    os.chown(tmp_path / theirs, THEM, THEM)
    with pytest.raises(BootRootError, match=r"belongs to the user #54321, .* Run this as that user"):
        refuse_way_of({THEM}, tmp_path / "folder" / "tftp")
    refuse_way_of({THEM + 1}, tmp_path / "folder" / "tftp")


@pytest.mark.parametrize("end", ["{root}", "../root", "../theirs/../root"])
def test_who_owns_a_link_between_others_is_told(tmp_path: Path, end: str) -> None:
    for name in ("root", "theirs"):
        (tmp_path / name).mkdir()
    (tmp_path / "theirs" / "link").symlink_to(end.format(root=tmp_path / "root"))
    (tmp_path / "first").symlink_to("theirs/link")
    os.chown(tmp_path / "theirs" / "link", THEM, THEM, follow_symlinks=False)
    assert (tmp_path / "first").resolve() == tmp_path / "root"
    assert owners_on_the_way(tmp_path / "first") == {0, THEM}


def test_a_way_out_of_a_directory_is_followed_as_the_kernel_does(tmp_path: Path) -> None:
    for name in ("root", "theirs/tftp", "theirs/inner"):
        (tmp_path / name).mkdir(parents=True)
    os.chown(tmp_path / "theirs", THEM, THEM)
    (tmp_path / "root" / "link").symlink_to(tmp_path / "theirs" / "inner")
    assert owners_on_the_way(tmp_path / "root" / "link" / ".." / "tftp") == {0, THEM}
    assert owners_on_the_way(tmp_path / "root" / ".." / "root") == {0}


def test_links_that_lead_to_themselves_end(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("link")
    with pytest.raises(BootRootError, match="without an end"):
        owners_on_the_way(tmp_path / "link")
