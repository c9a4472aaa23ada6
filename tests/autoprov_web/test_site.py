import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_web.site import DOCUMENTS, MAGIC, Site, SiteUnusable, read_site
from autoprov_web.site_file import SiteFile
from tests.autoprov_web.sites import MAC, NOW, a_site


def test_a_site_reads_back(tmp_path: Path) -> None:
    site = a_site(tmp_path)
    read = Site.from_bytes(site.to_bytes())
    assert read.to_bytes() == site.to_bytes()
    fields = [name for name in Site.__slots__ if name not in ("access", "issued")]
    assert [getattr(read, name) for name in fields] == [getattr(site, name) for name in fields]


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


@pytest.mark.parametrize(
    "field", ["key", "unique_id_length", "retry_after", "compiled_at", "access.macs_per_hour", "access.networks"]
)
def test_a_site_of_which_a_value_is_damaged_is_refused(field: str, tmp_path: Path) -> None:
    lines = a_site(tmp_path).to_bytes().split(b"\n")
    damaged = [field.encode() + b" z" if line.startswith(field.encode() + b" ") else line for line in lines]
    assert damaged != lines
    with pytest.raises(SiteUnusable, match="autoprov compile"):
        Site.from_bytes(b"\n".join(damaged))


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


def test_a_process_that_stays_does_not_ask_the_file_of_limits_for_each_request(tmp_path: Path) -> None:
    path = tmp_path / "site.compiled"
    path.write_bytes(a_site(tmp_path).to_bytes())
    access = SiteFile(str(path)).current().access
    assert access.admit("127.0.0.1", MAC, now=NOW)
    (tmp_path / "rates").unlink()
    assert access.admit("127.0.0.1", MAC, now=NOW)
    assert not (tmp_path / "rates").exists()


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


def test_a_file_that_was_copied_over_in_place_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "site.compiled"
    path.write_bytes(a_site(tmp_path).to_bytes())
    sites = SiteFile(str(path))
    sites.current()
    path.write_bytes(a_site(tmp_path, path_prefix="/phones").to_bytes())
    assert sites.current().path_prefix == "/phones"


def test_a_file_of_the_same_size_and_time_is_another_all_the_same(tmp_path: Path) -> None:
    path, new = tmp_path / "site.compiled", tmp_path / "new"
    path.write_bytes(a_site(tmp_path).to_bytes())
    new.write_bytes(a_site(tmp_path, unique_id_length=8).to_bytes())
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    os.utime(new, ns=times)
    sites = SiteFile(str(path))
    assert sites.current().unique_id_length == 6
    assert new.stat().st_size == path.stat().st_size
    new.replace(path)
    assert sites.current().unique_id_length == 8


def test_a_site_that_was_taken_away_is_not_served_from_memory(tmp_path: Path) -> None:
    path = tmp_path / "site.compiled"
    path.write_bytes(a_site(tmp_path).to_bytes())
    sites = SiteFile(str(path))
    sites.current()
    path.unlink()
    with pytest.raises(SiteUnusable):
        sites.current()
