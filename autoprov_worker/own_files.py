"""The files of an assigned phone, written from its lines. Pure."""

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_files import Registration, bootstrap_file, line_file, line_file_name, master_file_name
from autoprov_phones.sipxconfig_models import load_models
from autoprov_worker.settings import OwnFilesSettings
from sipxconfig_client.values import Line, Phone


def own_files(phone: Phone, mac: MacAddress, settings: OwnFilesSettings) -> dict[str, bytes]:
    """The finished files by name; none for a phone without lines or of a make whose files we do not write.

    Raises:
        PhoneFileError: a line that no phone file can carry.
    """
    model = load_models().get(phone.model_id)
    if not phone.lines or model is None or model.vendor != "Polycom":
        return {}
    lines = line_file_name(mac)
    return {
        master_file_name(mac): bootstrap_file(config_files=[f"{settings.phone_url}/{lines}"]),
        lines: line_file([_registration(line, settings) for line in phone.lines]),
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
