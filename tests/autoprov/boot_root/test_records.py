import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoprov.boot_root.error import BootRootError
from autoprov.boot_root.records import RootRecord, read_records, refuse_unwritable, write_records

RECORD = RootRecord("ab" * 32, datetime(2026, 3, 1, 12, 0, tzinfo=UTC), backup="cd" * 32)


def test_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    records = {Path("/srv/tftp"): RECORD, Path("/srv/ftp ü"): RootRecord("ef", RECORD.written_at, backup=None)}
    write_records(tmp_path, records)
    assert read_records(tmp_path) == records


def test_there_are_none_where_nothing_was_written(tmp_path: Path) -> None:
    assert read_records(tmp_path) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_records_that_root_wrote_belong_to_whom_the_state_belongs(tmp_path: Path) -> None:
    os.chown(tmp_path, 1234, 4321)
    write_records(tmp_path, {})
    written = (tmp_path / "boot-roots.json").stat()
    assert (written.st_uid, written.st_gid, written.st_mode & 0o777) == (1234, 4321, 0o640)


def test_what_stands_under_the_temporary_name_is_not_written_through(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept", encoding="utf-8")
    (tmp_path / ".boot-roots.json.new").hardlink_to(elsewhere)
    write_records(tmp_path, {})
    assert elsewhere.read_text(encoding="utf-8") == "kept"


def test_a_state_directory_that_is_not_there_is_said_before_anything_is_done(tmp_path: Path) -> None:
    refuse_unwritable(tmp_path)
    with pytest.raises(BootRootError, match="cannot be written by this user"):
        refuse_unwritable(tmp_path / "state")


ONE_RECORD = '{{"{root}": {{"written": {written}, "written_at": "{at}", "backup": null}}}}'


def one_record(*, root: str = "/srv/tftp", written: str = '"ab"', at: str = "2026-03-01T12:00:00+00:00") -> bytes:
    return ONE_RECORD.format(root=root, written=written, at=at).encode()


def test_a_record_is_as_we_write_it(tmp_path: Path) -> None:
    (tmp_path / "boot-roots.json").write_bytes(one_record())
    assert read_records(tmp_path) == {Path("/srv/tftp"): RootRecord("ab", RECORD.written_at, backup=None)}


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\xff", b"[]", b"[1]", b'{"/srv/tftp": {}}', b'{"/srv/tftp": 7}', b"[" * 100_000),
        *(one_record(root=root) for root in ("srv/tftp", "", "/srv\\u0000tftp", "/srv/\\ud800")),
        *(one_record(written="7"), one_record(at="2026-03-01T12:00:00")),
    ],
)
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "boot-roots.json").write_bytes(content)
    with pytest.raises(BootRootError, match=r"boot-roots\.json is damaged: move it away"):
        read_records(tmp_path)


def test_what_somebody_put_in_the_place_of_the_records_is_neither_followed_nor_waited_for(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(one_record())
    (tmp_path / "boot-roots.json").symlink_to("elsewhere")
    with pytest.raises(BootRootError, match="is a symbolic link to elsewhere"):
        read_records(tmp_path)
    (tmp_path / "boot-roots.json").unlink()
    os.mkfifo(tmp_path / "boot-roots.json")
    with pytest.raises(BootRootError, match="is not a plain file"):
        read_records(tmp_path)
    (tmp_path / "boot-roots.json").unlink()
    with (tmp_path / "boot-roots.json").open("wb") as file:
        file.truncate(10**11)
    with pytest.raises(BootRootError, match="more than 1000000 bytes"):
        read_records(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=100))
def test_any_bytes_are_records_or_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "boot-roots.json").write_bytes(content)
    with suppress(BootRootError):
        assert isinstance(read_records(tmp_path), dict)
