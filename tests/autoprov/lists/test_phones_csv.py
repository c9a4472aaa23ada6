import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov.lists.phones_csv import BadRow, CsvPhone, CsvUnreadable, read_csv, write_csv
from autoprov_phones.mac import MacAddress
from sipxconfig_client.values import Line, Phone

MAC, OTHER = MacAddress("0004f2abcdef"), MacAddress("64167f000001")
LINE = Line("201", "Ada", "secret", "pbx.example.org", None, "201")
OURS = "Auto-provisioned\n  ID: KTM4PX\n  IP: 10.0.0.1\n"


def test_what_is_written_is_read_back_without_a_password() -> None:
    phones = [
        Phone(1000, str(MAC), "polycomVVX410", "VVX 410", "polycom5.4.3", OURS, (LINE, LINE)),
        Phone(1001, str(OTHER), "polycom4000", "4000", None, 'Kitchen, "big" one', ()),
    ]
    text = write_csv(phones)
    assert "secret" not in text
    assert "KTM4PX,10.0.0.1" in text
    good, bad = read_csv(text.encode())
    assert bad == []
    assert [(phone.mac, phone.model_id, phone.version, phone.description, phone.users) for phone in good] == [
        (MAC, "polycomVVX410", "polycom5.4.3", OURS.strip(), ("201", "201")),
        (OTHER, "polycom4000", "", 'Kitchen, "big" one', ()),
    ]


def test_columns_stand_in_any_order_and_most_may_be_missing() -> None:
    text = "\ufeffModel,MAC\r\npolycomVVX410,00:04:F2:AB:CD:EF\r\n"
    assert read_csv(text.encode()) == ([CsvPhone(2, MAC, "polycomVVX410", "", "", ())], [])


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheet_of_another_country_is_read_as_well(delimiter: str) -> None:
    text = "mac,model,description,lines\r\n0004f2abcdef,polycomVVX410,Reception,201\r\n".replace(",", delimiter)
    assert read_csv(text.encode()) == ([CsvPhone(2, MAC, "polycomVVX410", "", "Reception", ("201",))], [])


def test_each_bad_row_is_named_with_its_line_and_reason() -> None:
    text = f"mac,model\n0004f2abcde,polycomVVX410\n{MAC},\n{MAC},a\n\n{MAC},b\n{OTHER}\n{OTHER},a,b\n"
    good, bad = read_csv(text.encode())
    assert [phone.row for phone in good] == [4]
    assert bad == [
        BadRow(2, "'0004f2abcde' is not a MAC address"),
        BadRow(3, "names no model"),
        BadRow(6, f"{MAC} stands in line 4 already"),
        BadRow(7, "has fewer fields than the first line names"),
        BadRow(8, "has more fields than the first line names"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "names no column 'mac'"),
        (b"mac,version\n", "names no column 'model'"),
        (b"mac,model,discription\n", "names 'discription'"),
        (b"mac,model,mac\n", "names a column twice"),
        (b"mac,model\n\xff\n", "is not UTF-8 text, see byte 10"),
        (b'mac,model\n"a,b\n', "line"),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused_as_a_whole(content: bytes, words: str) -> None:
    with pytest.raises(CsvUnreadable, match=words):
        read_csv(content)


@given(st.one_of(st.binary(), st.text().map(lambda text: b"mac,model\n" + text.encode("utf-8", "ignore"))))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read_csv(content)
    except CsvUnreadable:
        return
