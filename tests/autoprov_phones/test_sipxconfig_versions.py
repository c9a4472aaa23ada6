import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.sipxconfig_versions import choose_version

VVX_500 = (
    "polycom4.0.X",
    "polycom4.1.X",
    "polycom4.1.0",
    "polycom4.1.2",
    "polycom5.0.0",
    "polycom5.0.2",
    "polycom5.1.1",
    "polycom5.5.1",
    "polycom5.5.2",
)
SPIP_550 = ("polycom3.2.X", "polycom4.0.X", "polycom4.1.X", "polycom4.1.0")
TRIO = ("polycom5.4.0_RP", "polycom5.4.3_RP", "polycom5.4.5_RP")


@pytest.mark.parametrize(
    ("versions", "firmware", "chosen"),
    [
        # the exact name
        (VVX_500, "5.5.1.23866", "polycom5.5.1"),
        (VVX_500, "4.1.2.1234", "polycom4.1.2"),
        (SPIP_550, "4.1.0.84959", "polycom4.1.0"),
        (TRIO, "5.4.3.2007", "polycom5.4.3_RP"),
        # the release's .X
        (VVX_500, "4.1.9.0001", "polycom4.1.X"),
        (VVX_500, "4.0.11.0583", "polycom4.0.X"),
        (SPIP_550, "4.1.1.0731", "polycom4.1.X"),
        (VVX_500, "4.1", "polycom4.1.X"),
        # the highest that is not above it
        (VVX_500, "5.0.1.7000", "polycom5.0.0"),
        (VVX_500, "5.1.0.1000", "polycom5.0.2"),
        (VVX_500, "5.4.3.1014", "polycom5.1.1"),
        (VVX_500, "4.2.0.0310", "polycom4.1.X"),
        (SPIP_550, "3.3.5.0247", "polycom3.2.X"),
        (TRIO, "5.4.4.1000", "polycom5.4.3_RP"),
        (VVX_500, "5.1", "polycom5.1.1"),
        # newer than all
        (VVX_500, "5.9.7.4477", "polycom5.5.2"),
        (VVX_500, "5.10.0.1", "polycom5.5.2"),
        (VVX_500, "6.4.3.5018", "polycom5.5.2"),
        (VVX_500, "132.244.41.145", "polycom5.5.2"),
        (SPIP_550, "4.2.2.0710", "polycom4.1.X"),
        (TRIO, "7.2.2.1094", "polycom5.4.5_RP"),
        # older than all
        (VVX_500, "3.3.1.0907", "polycom4.0.X"),
        (TRIO, "5.3.0.1", "polycom5.4.0_RP"),
        (("polycom2.0",), "1.4.1", "polycom2.0"),
        (("polycom2.0",), "2.2.2.0084", "polycom2.0"),
    ],
)
def test_the_version_fits_the_firmware(versions: tuple[str, ...], firmware: str, chosen: str) -> None:
    assert choose_version(versions, None, firmware=firmware) == chosen


@pytest.mark.parametrize("firmware", ["", "unknown", "5", "v5.5", "5..5", ".5.5", "٥.٥.٢", "99999999999.1"])
def test_a_firmware_that_says_nothing_takes_the_default(firmware: str) -> None:
    assert choose_version(VVX_500, "polycom5.0.0", firmware=firmware) == "polycom5.0.0"


def test_a_default_that_is_not_listed_is_not_taken() -> None:
    assert choose_version(("polycom2.0",), "polycom3.1.X", firmware="") == "polycom2.0"
    assert choose_version(SPIP_550, None, firmware="") == "polycom4.1.X"


def test_a_model_without_versions_has_none() -> None:
    assert choose_version((), "polycom3.1.X", firmware="3.1.8.0070") is None


def test_names_without_numbers_to_compare_leave_the_default_or_the_last() -> None:
    names = ("yealink7X", "yealink8X")
    assert choose_version(names, "yealink7X", firmware="28.82.0.20") == "yealink7X"
    assert choose_version(names, None, firmware="28.82.0.20") == "yealink8X"


@given(st.text() | st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,4}", fullmatch=True))
def test_whatever_the_firmware_says_a_listed_version_is_chosen(firmware: str) -> None:
    for versions in (VVX_500, SPIP_550, TRIO):
        assert choose_version(versions, None, firmware=firmware) in versions
