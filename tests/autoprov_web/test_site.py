from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_web.site import DOCUMENTS, MAGIC, Site, SiteUnusable, read_site
from autoprov_web.site_file import SiteFile
from tests.autoprov_web.sites import a_site


def test_a_site_reads_back(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    read = Site.from_bytes(site.to_bytes())
    assert read.to_bytes() == site.to_bytes()
    assert {name: getattr(read, name) for name in Site.__slots__ if name != "access"} == {
        name: getattr(site, name) for name in Site.__slots__ if name != "access"
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_site_without_a_document_that_phones_ask_for_is_refused(name: str, tmp_path: Path) -> None:
    site = a_site(tmp_path)
    site.documents = {other: content for other, content in site.documents.items() if other != name}
    with pytest.raises(SiteUnusable, match="autoprov compile"):
        Site.from_bytes(site.to_bytes())


def test_a_site_of_which_a_line_is_missing_is_refused(tmp_path: Path) -> None:
    lines = a_site(tmp_path).to_bytes().split(b"\n")
    fields = [number for number, line in enumerate(lines) if line and not line.startswith((b"file ", b"<", MAGIC))]
    for number in fields[:20]:
        with pytest.raises(SiteUnusable):
            Site.from_bytes(b"\n".join(lines[:number] + lines[number + 1 :]))


@given(st.binary() | st.binary().map((MAGIC + b"\n").__add__))
def test_any_bytes_are_a_site_or_our_error(data: bytes) -> None:
    with pytest.raises(SiteUnusable):
        Site.from_bytes(data)


def test_the_error_says_which_file_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "site.compiled"
    with pytest.raises(SiteUnusable, match=r"site\.compiled is not there; make it: autoprov compile"):
        read_site(str(path))
    path.write_bytes(b"rubbish")
    with pytest.raises(SiteUnusable, match=r"site\.compiled .*make it anew: autoprov compile"):
        read_site(str(path))
    path.unlink()
    path.mkdir()
    with pytest.raises(SiteUnusable, match="cannot be read"):
        read_site(str(path))


def test_another_file_under_the_name_is_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "site.compiled"
    path.write_bytes(a_site(tmp_path).to_bytes())
    sites = SiteFile(str(path))
    first = sites.current()
    assert sites.current() is first
    new = tmp_path / "new"
    new.write_bytes(a_site(tmp_path, unique_id_length=8).to_bytes())
    new.replace(path)
    assert sites.current().unique_id_length == 8
