from autoprov_phones.mac import MacAddress
from registrar_plugin.registration import claimed_mac, claimed_tag


def test_a_tag_is_found_in_a_display_name() -> None:
    tag = claimed_tag("KTM4PX-0004F2:AB:CD:EF")
    assert str(tag) == "KTM4PX-0004f2abcdef"
    assert claimed_mac("KTM4PX-0004f2abcdef") == MacAddress("0004f2abcdef")


def test_other_names_claim_nothing() -> None:
    for name in ("", "Pierre Test", "0004f2abcdef", "KTM4PX-0004f2abcde", "O0O0-0004f2abcdef"):
        assert claimed_tag(name) is None
        assert claimed_mac(name) is None
