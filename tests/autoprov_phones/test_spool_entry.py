import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from autoprov_phones.spool_entry import MAX_BYTES, PhoneState, SpoolEntry, SpoolSyntaxError, spool_file_name
from tests.autoprov_phones.strategies import generations

ASSIGNED = SpoolEntry(PhoneState.ASSIGNED, 2, {"0004f2abcdef.cfg": b"<A/>\n", "0004f2abcdef-lines.cfg": b""})
BYTES = (
    b"autoprov-spool 1\nstate assigned\ngeneration 2\n"
    b"file 0004f2abcdef-lines.cfg 0\n\n"
    b"file 0004f2abcdef.cfg 5\n<A/>\n\n"
)

file_names = st.text("abcdefABCDEF0123456789._-", min_size=1, max_size=40)
entries = st.builds(
    SpoolEntry,
    st.sampled_from([PhoneState.UNASSIGNED, PhoneState.ASSIGNED]),
    generations,
    st.dictionaries(file_names, st.binary(max_size=200), max_size=4),
)


def test_the_form_is_frozen() -> None:
    """Spools outlive upgrades, and a CGI of another version may read them."""
    assert ASSIGNED.to_bytes() == BYTES
    assert SpoolEntry.from_bytes(BYTES) == ASSIGNED
    assert SpoolEntry(PhoneState.UNASSIGNED).to_bytes() == b"autoprov-spool 1\nstate unassigned\ngeneration 0\n"


def test_the_file_is_named_by_the_mac() -> None:
    assert spool_file_name(MacAddress("0004f2abcdef")) == "0004f2abcdef.phone"


@given(entries)
def test_an_entry_reads_back(entry: SpoolEntry) -> None:
    assert SpoolEntry.from_bytes(entry.to_bytes()) == entry


@given(entries, st.data())
def test_an_entry_cut_short_is_never_taken_for_whole(entry: SpoolEntry, data: st.DataObject) -> None:
    """Unless it is cut between two files, which an atomic replacement cannot do."""
    whole = entry.to_bytes()
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        read = SpoolEntry.from_bytes(cut)
    except SpoolSyntaxError:
        return
    assert whole.startswith(read.to_bytes())


@given(st.binary() | st.binary().map(b"autoprov-spool 1\n".__add__) | st.binary().map(BYTES.__add__))
def test_any_bytes_are_an_entry_or_our_error(data: bytes) -> None:
    try:
        entry = SpoolEntry.from_bytes(data)
    except SpoolSyntaxError:
        return
    assert SpoolEntry.from_bytes(entry.to_bytes()) == entry


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"autoprov-spool 2\nstate assigned\ngeneration 0\n",
        b"autoprov-spool 1\n",
        b"autoprov-spool 1\nstate assigned\n",
        b"autoprov-spool 1\nstate assigned\ngeneration 1",
        b"autoprov-spool 1\ngeneration 0\nstate assigned\n",
        b"autoprov-spool 1\nstate assigned\nstate assigned\ngeneration 0\n",
        b"autoprov-spool 1\nstate assigned\ngeneration 0\nfrom tomorrow\n",
        b"autoprov-spool 1\nstate perhaps\ngeneration 0\n",
        b"autoprov-spool 1\nstate \xff\ngeneration 0\n",
        b"autoprov-spool 1\nstate assigned\ngeneration -1\n",
        b"autoprov-spool 1\nstate assigned\ngeneration 16\n",
        b"autoprov-spool 1\nstate assigned\ngeneration 1_0\n",
        b"autoprov-spool 1\nstate assigned\ngeneration \n",
        b"autoprov-spool 1\nstate assigned\ngeneration 0\nfile a 2\nx\n",
        b"autoprov-spool 1\nstate assigned\ngeneration 0\nfile a -1\n\n",
        b"autoprov-spool 1\nstate assigned\ngeneration 0\nfile a 1",
        b"autoprov-spool 1\nstate assigned\ngeneration 0\nfile ../../etc/passwd 0\n\n",
        b"autoprov-spool 1\nstate assigned\ngeneration 0\nfile  0\n\n",
        b"autoprov-spool 1\nstate assigned\ngeneration 0\nrubbish\n",
        BYTES + b"\n",
        b"autoprov-spool 1\n" + b" " * MAX_BYTES,
    ],
    ids=lambda data: repr(data[17:60]),
)
def test_damage_is_our_error(damaged: bytes) -> None:
    with pytest.raises(SpoolSyntaxError):
        SpoolEntry.from_bytes(damaged)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a\nb", "..\\x", "é.cfg", "x" * 256])
def test_a_name_that_the_form_cannot_carry_is_refused_at_once(name: str) -> None:
    with pytest.raises(SpoolSyntaxError):
        SpoolEntry(PhoneState.ASSIGNED, 0, {name: b""})


@pytest.mark.parametrize("generation", [-1, 16])
def test_a_generation_out_of_range_is_refused_at_once(generation: int) -> None:
    with pytest.raises(SpoolSyntaxError):
        SpoolEntry(PhoneState.UNASSIGNED, generation)


def test_what_nobody_would_read_is_not_written() -> None:
    with pytest.raises(SpoolSyntaxError):
        SpoolEntry(PhoneState.ASSIGNED, 0, {"a.cfg": b"x" * MAX_BYTES}).to_bytes()
