from autoprov_phones.derived_secret import derive_own_token, derive_sip_password
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import issue_phone_tag
from autoprov_web.issued_values import IssuedMemory
from tests.autoprov_web.sites import KEY, MAC

SLOTS = b"@@MAC@@ @@UNIQUE_ID@@ @@TAG@@ @@PASSWORD@@ @@OWN@@ @@MAC@@"


def test_a_document_is_filled_with_what_belongs_to_the_phone() -> None:
    tag = issue_phone_tag(MAC, key=KEY, generation=2, length=6)
    values = IssuedMemory(key=KEY, length=6).of(MAC, 2)
    assert values.unique_id == tag.unique_id
    secrets = f"{derive_sip_password(MAC, key=KEY)} {derive_own_token(MAC, key=KEY)}"
    assert values.fill(SLOTS).decode() == f"{MAC} {tag.unique_id} {tag} {secrets} {MAC}"


def test_the_same_phone_has_the_same_values_and_each_generation_its_own() -> None:
    memory = IssuedMemory(key=KEY, length=6)
    assert memory.of(MAC, 0) is memory.of(MacAddress(MAC.hex), 0)
    assert memory.of(MAC, 0).unique_id != memory.of(MAC, 1).unique_id
    assert memory.of(MAC, 0).fill(SLOTS) != memory.of(MacAddress("0004f2abcdee"), 0).fill(SLOTS)


def test_more_phones_than_it_remembers_have_their_values_all_the_same() -> None:
    memory = IssuedMemory(key=KEY, length=6)
    first = memory.of(MAC, 0).fill(SLOTS)
    for number in range(2049):
        memory.of(MacAddress(f"0004f2{number:06x}"), 0)
    assert memory.of(MAC, 0).fill(SLOTS) == first
    assert len(memory._made) <= 2048  # pyright: ignore[reportPrivateUsage] - its size is what this is about


def test_each_document_is_filled_whichever_was_before() -> None:
    values = IssuedMemory(key=KEY, length=6).of(MAC, 0)
    first, second = b"first @@MAC@@", b"second @@MAC@@"
    filled = [values.fill(document) for document in (first, first, second, first)]
    assert filled == [f"{which} {MAC}".encode() for which in ("first", "first", "second", "first")]
