"""A delivery box of phones, their power switched on at once: SIPp registers them, with the 401 round trip."""

from pathlib import Path

from autoprov_phones.derived_secret import derive_sip_password
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import issue_phone_tag
from tests.peers.sipp import register_phones
from tests.story.site import site, tables

FIFTY = [MacAddress(f"0004f2{number:06x}") for number in range(50)]


def test_fifty_phones_at_once_become_fifty_rows_each_with_its_id(tmp_path: Path) -> None:
    with site(tmp_path, tables()) as running:
        settings = running.settings
        tags = [issue_phone_tag(mac, key=settings.secrets.installation_key, length=6) for mac in FIFTY]
        complaint = register_phones(
            {str(tag): derive_sip_password(tag.mac, key=settings.secrets.installation_key) for tag in tags},
            registrar=(settings.registrar.listen.host, settings.registrar.listen.port),
            user=settings.phones.autoprovision_user,
            folder=tmp_path,
        )
        assert complaint == ""
        running.wait_for_phones(50)
        stored = {phone.serial_number: phone.description for phone in running.client.all_phones()}
    assert set(stored) == {str(mac) for mac in FIFTY}
    assert all(str(tag.unique_id) in stored[str(tag.mac)] for tag in tags)
