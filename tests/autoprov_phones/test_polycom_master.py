from collections.abc import Sequence

import pytest
from lxml import etree

from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_master import MAX_LIST_LENGTH, OLD_MODELS, bootstrap_file
from autoprov_phones.user_agents import recognise
from tests.autoprov_phones.polycom_parameters import parameters, root_of
from tests.shared_data import shared_data

URL = "http://10.0.0.5:8185/[PHONE_MAC_ADDRESS]-registration.cfg"
OLD_URL = "http://10.0.0.5:8185/[PHONE_MAC_ADDRESS]-registration-3.cfg"


def test_the_bootstrap_file_names_our_urls_and_asks_for_nothing_else() -> None:
    written = bootstrap_file(config_files=[URL])
    assert root_of(written) == "APPLICATION"
    assert parameters(written) == {
        "APP_FILE_PATH": "sip.ld",
        "CONFIG_FILES": URL,
        "MISC_FILES": "",
        "LOG_FILE_DIRECTORY": "http://0.0.0.0",
        "OVERRIDES_DIRECTORY": "",
        "CONTACTS_DIRECTORY": "",
        "LICENSE_DIRECTORY": "",
        "CALL_LISTS_DIRECTORY": "http://0.0.0.0",
        "USER_PROFILES_DIRECTORY": "",
    }


def test_an_old_model_finds_its_files_in_a_block_of_its_own() -> None:
    root = etree.fromstring(bootstrap_file(config_files=[URL], old_config_files=[OLD_URL, "site.cfg"]))
    assert root.get("CONFIG_FILES") == URL
    blocks = {str(block.tag): dict(block.attrib) for block in root}
    assert set(blocks) == {f"APPLICATION_{model.replace('_', '')}" for model in OLD_MODELS}
    assert blocks["APPLICATION_SPIP601"] == {
        "APP_FILE_PATH_SPIP601": "sip.ld",
        "CONFIG_FILES_SPIP601": f"{OLD_URL},site.cfg",
    }


def test_old_models_are_spelled_as_their_user_agents_spell_them() -> None:
    for token in OLD_MODELS:
        software = recognise(f"FileTransport PolycomSoundPointIP-{token}-UA/3.1.2.0392")
        assert software is not None
        assert software.model == token


def test_the_old_models_are_those_that_sipxconfig_writes_blocks_for_and_the_ip_430() -> None:
    file = shared_data("sipxconfig", "polycom-rendered", "000000000000-default-4.0.X.cfg")
    blocks = {str(block.tag).removeprefix("APPLICATION_") for block in etree.fromstring(file.read_bytes())}
    slips = {"SSIP300": "SPIP300", "SSIP500": "SPIP500"}
    assert {slips.get(block, block) for block in blocks} | {"SPIP430"} == {
        model.replace("_", "") for model in OLD_MODELS
    }


def test_several_config_files_keep_their_order_because_the_first_wins() -> None:
    root = etree.fromstring(bootstrap_file(config_files=["site.cfg", "0004f2abcdef-lines.cfg"]))
    assert root.get("CONFIG_FILES") == "site.cfg,0004f2abcdef-lines.cfg"


@pytest.mark.parametrize(
    "names",
    [
        [],
        [""],
        ["a b.cfg"],
        ["a.cfg,b.cfg"],
        ["a\\b.cfg"],
        ['a".cfg'],
        ["a&b.cfg"],
        ["a%20b.cfg"],
        ["ä.cfg"],
        ["a.cfg\n"],
        ["a" * 256],
        ["a" * 255] * 9,
        ["a" * 255] * 7 + ["a" * 254, "b"],
    ],
    ids=lambda names: repr(names)[:20],
)
def test_a_list_that_the_phone_cannot_read_is_refused(names: Sequence[str]) -> None:
    with pytest.raises(PhoneFileError, match="CONFIG_FILES"):
        bootstrap_file(config_files=names)


def test_the_list_of_old_models_is_held_to_the_same_limits() -> None:
    with pytest.raises(PhoneFileError, match="has 256 characters, a phone reads 255"):
        bootstrap_file(config_files=[URL], old_config_files=["a" * 256])


def test_a_list_of_just_the_longest_length_is_written() -> None:
    names = ["a" * 255] * 8
    assert len(",".join(names)) == MAX_LIST_LENGTH
    assert bootstrap_file(config_files=names)
