import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.record import MAX_BYTES, RecordSyntaxError, read_record, write_record

MAGIC = b"test-record 1"
FIELDS = {"state": "known", "where": "in the cellar, left", "nothing": ""}
FILES = {"a.cfg": b"<A/>\n", "b-2_x.cfg": b""}
BYTES = b"test-record 1\nstate known\nwhere in the cellar, left\nnothing \nfile a.cfg 5\n<A/>\n\nfile b-2_x.cfg 0\n\n"

names = st.text("abcXYZ019._-", min_size=1, max_size=20)
values = st.text(max_size=40).filter(lambda text: "\n" not in text and text.isprintable())
fields = st.dictionaries(names.filter(lambda name: name != "file"), values, max_size=4)
files = st.dictionaries(names, st.binary(max_size=100), max_size=3)


def test_the_form_is_frozen() -> None:
    """Files in it outlive upgrades."""
    assert write_record(MAGIC, FIELDS, FILES) == BYTES
    assert read_record(MAGIC, BYTES) == (FIELDS, FILES)


@given(fields, files)
def test_a_record_reads_back(fields: dict[str, str], files: dict[str, bytes]) -> None:
    assert read_record(MAGIC, write_record(MAGIC, fields, files)) == (fields, files)


@given(st.binary() | st.binary().map(b"test-record 1\n".__add__) | st.binary().map(BYTES.__add__))
def test_any_bytes_are_a_record_or_our_error(data: bytes) -> None:
    try:
        fields, files = read_record(MAGIC, data)
    except RecordSyntaxError:
        return
    assert read_record(MAGIC, write_record(MAGIC, fields, files)) == (fields, files)


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"test-record 1",
        b"test-record 2\n",
        BYTES[:-1],
        BYTES[:40],
        b"test-record 1\nstate\n",
        b"test-record 1\nst ate\nst again\n",
        b"test-record 1\nfile a 0\n\nstate late\n",
        b"test-record 1\nfile a 2\nx\n",
        b"test-record 1\nfile ../a 0\n\n",
        b"test-record 1\nfile a 1\nx\nfile a 1\ny\n",
        b"test-record 1\nfile a -1\n\n",
        b"test-record 1\nfile a 1e3\n\n",
        "test-record 1\nfile a ²\n\n".encode(),
        b"test-record 1\nfile a " + b"1" * 5000 + b"\n\n",
        b"test-record 1\nstate \xff\n",
        b"test-record 1\n" + b" " * MAX_BYTES,
    ],
    ids=lambda data: repr(data[:40]),
)
def test_damage_is_our_error(damaged: bytes) -> None:
    with pytest.raises(RecordSyntaxError):
        read_record(MAGIC, damaged)


@pytest.mark.parametrize("field", [{"": "x"}, {"a b": "x"}, {"a": "one\ntwo"}, {"file": "x"}, {"é": "x"}])
def test_a_field_that_the_form_cannot_carry_is_refused(field: dict[str, str]) -> None:
    with pytest.raises(RecordSyntaxError):
        write_record(MAGIC, field, {})


@pytest.mark.parametrize("name", ["", "a/b", "a b", "a\nb", "x" * 256])
def test_a_file_name_that_could_be_a_path_is_refused(name: str) -> None:
    with pytest.raises(RecordSyntaxError):
        write_record(MAGIC, {}, {name: b""})


def test_a_record_is_read_up_to_the_longest_that_is_written_and_no_further() -> None:
    longest = write_record(MAGIC, {"a": "x" * (MAX_BYTES - len(MAGIC) - 4)}, {})
    assert len(longest) == MAX_BYTES
    assert read_record(MAGIC, longest)[1] == {}
    with pytest.raises(RecordSyntaxError):
        read_record(MAGIC, longest[:-1] + b"x\n")


def test_what_nobody_would_read_is_not_written() -> None:
    with pytest.raises(RecordSyntaxError):
        write_record(MAGIC, {}, {"a": b"x" * MAX_BYTES})
