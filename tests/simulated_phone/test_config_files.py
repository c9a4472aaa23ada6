import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulated_phone.config_files import ConfigFileError, read_master, read_parameters

MAC = "0004f2abcdef"


def test_a_master_names_files_with_blanks_and_the_mac_of_the_phone() -> None:
    master = read_master(
        b'<APPLICATION APP_FILE_PATH="sip.ld" CONFIG_FILES=" a.cfg , http://h/[PHONE_MAC_ADDRESS]-b.cfg,"/>',
        mac=MAC,
        model="VVX_410",
    )
    assert master.app_file_path == "sip.ld"
    assert master.config_files == ("a.cfg", f"http://h/{MAC}-b.cfg")
    assert master.log_file_directory == ""


def test_a_block_for_the_model_wins_over_the_general_names() -> None:
    body = b"""<APPLICATION CONFIG_FILES="all.cfg" APP_FILE_PATH="sip.ld">
        <APPLICATION_SPIP601 CONFIG_FILES_SPIP601="old.cfg"/></APPLICATION>"""
    assert read_master(body, mac=MAC, model="SPIP_601").config_files == ("old.cfg",)
    assert read_master(body, mac=MAC, model="SPIP_601").app_file_path == "sip.ld"
    assert read_master(body, mac=MAC, model="VVX_410").config_files == ("all.cfg",)


@pytest.mark.parametrize("names", ["x" * 256, ",".join(["x" * 200] * 11)])
def test_names_longer_than_a_phone_reads_are_an_error(names: str) -> None:
    with pytest.raises(ConfigFileError, match="longer"):
        read_master(f'<APPLICATION CONFIG_FILES="{names}"/>'.encode(), mac=MAC, model="VVX_410")


def test_a_configuration_file_is_not_a_master() -> None:
    with pytest.raises(ConfigFileError, match="polycomConfig"):
        read_master(b"<polycomConfig/>", mac=MAC, model="VVX_410")


def test_the_first_occurrence_of_a_parameter_wins_from_left_to_right() -> None:
    left = b'<polycomConfig><reg reg.1.label="left"/><again reg.1.label="later"/></polycomConfig>'
    right = b'<phone1 reg.1.label="right" reg.1.address="200"/>'
    assert read_parameters([left, right]) == {"reg.1.label": "left", "reg.1.address": "200"}


@pytest.mark.parametrize("root", ["phone1", "sip", "device", "PHONE_CONFIG"])
def test_old_firmware_reads_the_roots_that_it_was_shipped_with(root: str) -> None:
    assert read_parameters([f'<{root} a.b="1"/>'.encode()], old_form_only=True) == {"a.b": "1"}


def test_old_firmware_does_not_read_the_form_that_came_later() -> None:
    with pytest.raises(ConfigFileError, match="polycomConfig"):
        read_parameters([b'<polycomConfig a.b="1"/>'], old_form_only=True)


@given(st.binary())
def test_any_bytes_are_parameters_or_our_error(body: bytes) -> None:
    try:
        read_parameters([body])
    except ConfigFileError:
        return
