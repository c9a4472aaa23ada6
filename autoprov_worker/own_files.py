"""The files of an assigned phone, written from its lines. Pure."""

from autoprov_phones.derived_secret import derive_own_token
from autoprov_phones.inventory_models import find_model
from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_files import Registration, line_file
from autoprov_phones.polycom_master import bootstrap_file
from autoprov_phones.polycom_names import line_file_name, master_file_name, site_file_name
from autoprov_phones.polycom_registration_3 import line_file_3, needs_old_form
from autoprov_phones.requested_file import OWN_DIRECTORY
from autoprov_worker.settings import OwnFilesSettings
from sipxconfig_client.values import Line, Phone


def own_files(phone: Phone, mac: MacAddress, settings: OwnFilesSettings) -> dict[str, bytes]:
    """The finished files by name; none for a phone without lines or of a make whose files we do not write.

    Raises:
        PhoneFileError: a line that no phone file can carry.
    """
    model = find_model(phone.model_id)
    if not phone.lines or model is None or model.vendor != "Polycom":
        return {}
    lines, registrations = line_file_name(mac), [_registration(line, settings) for line in phone.lines]
    own = f"{settings.phone_url}/{OWN_DIRECTORY}/{derive_own_token(mac, key=settings.key)}"
    return {
        # Whole URLs: a phone that was let in without its own directory is sent there for all that is secret.
        master_file_name(mac): bootstrap_file(config_files=[f"{own}/{lines}", f"{own}/{site_file_name(mac)}"]),
        lines: line_file_3(registrations)
        if needs_old_form(phone.model_id, phone.version)
        else line_file(registrations, own_directory=own),
    }


def _registration(line: Line, settings: OwnFilesSettings) -> Registration:
    return Registration(
        address=line.user_id,
        auth_user=line.user_id,
        password=line.password,
        label=line.user_id,
        display_name=line.display_name,
        server_host=line.registration_server or settings.line_server_host,
        server_port=line.registration_server_port or settings.line_server_port,
    )
