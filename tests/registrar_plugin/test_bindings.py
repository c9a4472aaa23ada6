from datetime import UTC, datetime, timedelta

import pytest

from autoprov_phones.mac import MacAddress
from registrar_plugin.bindings import Binding, BindingTable, RequestOutOfOrder, TooManyBindings
from registrar_plugin.sip.name_addr import parse_contact

NOW = datetime(2026, 5, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MAC = MacAddress("0004f2abcdef")


def mac(number: int) -> MacAddress:
    return MacAddress(f"0004f2{number:06x}")


def binding(
    contact: str = "sip:a@192.0.2.1", *, call_id: str = "c", cseq: int = 1, expires: timedelta = MINUTE
) -> Binding:
    return Binding(parse_contact(f"<{contact}>"), "sip:u@h", call_id, cseq, NOW + expires, ("192.0.2.1", 5060))


def contacts(table: BindingTable, of: MacAddress | None = MAC, now: datetime = NOW) -> list[str]:
    return [str(known.contact.uri) for known in table.living(of, now=now)]


def test_bindings_are_listed_newest_first_until_they_expire() -> None:
    table = BindingTable()
    table.update(MAC, [binding("sip:a@h"), binding("sip:b@h", expires=2 * MINUTE)], now=NOW)
    assert contacts(table) == ["sip:b@h", "sip:a@h"]
    assert contacts(table, now=NOW + MINUTE) == ["sip:b@h"]


def test_a_refresh_replaces_the_binding_of_the_same_uri() -> None:
    table = BindingTable()
    table.update(MAC, [binding("sip:a@H;x=1")], now=NOW)
    table.update(MAC, [binding("sip:%61@h", cseq=2)], now=NOW)
    assert contacts(table) == ["sip:%61@h"]
    assert len(table) == 1


def test_an_expired_change_removes_its_binding() -> None:
    table = BindingTable()
    table.update(MAC, [binding("sip:a@h"), binding("sip:b@h")], now=NOW)
    table.update(MAC, [binding("sip:a@h", cseq=2, expires=0 * MINUTE)], now=NOW)
    assert contacts(table) == ["sip:b@h"]


def test_an_older_request_of_the_same_call_changes_nothing() -> None:
    table = BindingTable()
    table.update(MAC, [binding("sip:a@h", cseq=5)], now=NOW)
    with pytest.raises(RequestOutOfOrder):
        table.update(MAC, [binding("sip:new@h", cseq=5), binding("sip:a@h", cseq=5)], now=NOW)
    with pytest.raises(RequestOutOfOrder):
        table.remove_all(MAC, call_id="c", cseq=5, now=NOW)
    assert contacts(table) == ["sip:a@h"]
    table.update(MAC, [binding("sip:a@h", call_id="after a reboot", cseq=1)], now=NOW)


def test_one_phone_does_not_touch_anothers_bindings() -> None:
    table = BindingTable()
    for owner in (MAC, mac(1), None):
        table.update(owner, [binding()], now=NOW)
    table.remove_all(MAC, call_id="c", cseq=2, now=NOW)
    assert contacts(table) == []
    assert contacts(table, mac(1)) == contacts(table, None) == ["sip:a@192.0.2.1"]


def test_a_phone_has_so_many_contacts_and_the_oldest_makes_room() -> None:
    table = BindingTable(per_phone=2)
    for name in "abc":
        table.update(MAC, [binding(f"sip:{name}@h", call_id=name)], now=NOW)
    assert contacts(table) == ["sip:c@h", "sip:b@h"]


def test_a_full_table_takes_no_more_phones_until_some_expire() -> None:
    table = BindingTable(limit=3)
    for number in range(3):
        table.update(mac(number), [binding()], now=NOW)
    with pytest.raises(TooManyBindings):
        table.update(mac(3), [binding()], now=NOW)
    table.update(mac(0), [binding(cseq=2, expires=5 * MINUTE)], now=NOW)
    table.update(mac(3), [binding(expires=5 * MINUTE)], now=NOW + 2 * MINUTE)
    assert len(table) == 2
