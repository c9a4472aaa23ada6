from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov.lists.pbx_user import PbxUser
from autoprov.lists.phones_csv import BadRow, CsvUnreadable
from autoprov.lists.users_csv import read_users
from tests.autoprov.lists.bulk_handler import export, extension

CORE = {
    "200": extension("200", name="Ann Lee", secret="8f3e2b71c0"),
    "201": extension("201", name='Bob "B" Ray', tech="sip", secret="a,b;c", outboundcid='"Bob" <2025550101>'),
}
CALL_WAITING = {"200": {"callwaiting_enable": "ENABLED"}}
VOICEMAIL = {"201": {"voicemail_enable": "yes", "voicemail_vmpwd": "1234", "voicemail_options": "attach=no|delete=no"}}
FREEPBX = export(CORE, CALL_WAITING, VOICEMAIL)
# mysql -B -e 'select * from subscriber'
KAMAILIO = "id\tusername\tdomain\tpassword\tha1\tha1b\n1\tada\tpbx.test\tpw1\tx\ty\n2\tada\tother.test\tpw2\tx\ty\n"


def read(text: str, *, domain: str | None = None) -> tuple[list[PbxUser], list[BadRow]]:
    return read_users(text.encode(), domain=domain)


def test_a_bulk_handler_export_gives_each_extension_with_its_secret() -> None:
    users, bad = read(FREEPBX)
    assert bad == []
    assert [(user.user_name, user.display_name, user.sip_password) for user in users] == [
        ("200", "Ann Lee", "8f3e2b71c0"),
        ("201", 'Bob "B" Ray', "a,b;c"),
    ]


def test_an_extension_without_a_sip_account_is_named() -> None:
    users, bad = read(export({**CORE, "300": extension("300", name="Hall", tech="virtual")}, VOICEMAIL))
    assert len(users) == 2
    assert bad == [BadRow(4, "'300': is a 'virtual' extension, which has no SIP account")]


def test_what_another_module_remembers_of_a_deleted_extension_is_passed_over() -> None:
    remembered = export(CORE, {**CALL_WAITING, "209": {"callwaiting_enable": "ENABLED"}})
    assert "\n,,," in remembered
    users, bad = read(remembered)
    assert (len(users), bad) == (2, [])


def test_an_extension_without_a_secret_is_named() -> None:
    _, bad = read(export({**CORE, "202": extension("202", name="Eve")}))
    assert bad == [BadRow(4, "202: has no SIP password")]


def test_the_columns_may_be_in_capitals() -> None:
    header, _, rows = FREEPBX.partition("\n")
    assert read(f"{header.upper()}\n{rows}") == read(FREEPBX)


def test_kamailios_table_gives_the_users_of_one_domain() -> None:
    users, bad = read(KAMAILIO, domain="other.test")
    assert bad == []
    assert [(user.user_name, user.display_name, user.sip_password) for user in users] == [("ada", "ada", "pw2")]


def test_a_user_name_of_two_domains_is_named_with_what_to_say() -> None:
    users, bad = read(KAMAILIO)
    assert len(users) == 1
    assert bad == [BadRow(3, "ada stands in line 2 already, of other.test now: say --domain")]


def test_a_hash_is_no_password() -> None:
    _, bad = read("username,domain,password,ha1\nada,pbx.test,,0cc175b9\n")
    assert bad == [BadRow(2, "ada: has only a hash (ha1) of its password; a phone needs the password itself")]


def test_columns_of_ones_own_will_do_with_semicolons_and_a_byte_order_mark() -> None:
    users, bad = read_users("\ufeffUser;Password;Display_Name\r\n200; kept blanks ;Ann Lée\r\n".encode())
    assert (users, bad) == ([PbxUser(2, "200", "Ann Lée", " kept blanks ")], [])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",pw,", "names no user"),
        ("a b,pw,", "'a b' is not a SIP user name such as 200 or ada.lovelace"),
        ("200,,Ann", "200: has no SIP password"),
        ('200,"p\tw",Ann', "200: the SIP password holds characters that cannot be printed"),
        ('200,pw,"A\x07nn"', "200: the display name holds characters that cannot be printed"),
        (f"200,{'x' * 256},Ann", "200: display name or SIP password is longer than 255 characters"),
    ],
)
def test_a_row_that_is_of_no_use_is_named_without_its_password(row: str, reason: str) -> None:
    assert read(f"user,password,name\n{row}\n") == ([], [BadRow(2, reason)])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no column for a user"),
        ("mac,model\n", "no column for a user"),
        ("extension,name\n200,Ann\n", "no column for a password"),
        ('user,password\n200,"pw', "after line 1: unexpected end of data"),
    ],
)
def test_what_is_no_table_of_users_is_refused_whole(text: str, reason: str) -> None:
    with pytest.raises(CsvUnreadable, match=reason):
        read(text)


def test_what_is_no_text_is_refused_whole() -> None:
    with pytest.raises(CsvUnreadable, match="UTF-8"):
        read_users(b"user,password\n200,\xff\n")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(CsvUnreadable):
        read_users(b"user,password\n" + content)


def test_a_password_is_not_in_what_is_printed_of_a_user() -> None:
    assert "s3cret" not in repr(PbxUser(2, "200", "Ann", "s3cret"))
