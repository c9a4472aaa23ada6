"""Phones, lines, groups and models as the API shows them: JSON's field order is sipXconfig's (contract 2.2)."""

from dataclasses import dataclass

from autoprov_phones.sipxconfig_models import SipxconfigModel
from sipxconfig_server.models import Catalogue
from sipxconfig_server.records import ExternalAccount, StoredGroup, StoredLine, StoredPhone, User
from sipxconfig_server.xml_trees import Tree


@dataclass(frozen=True, slots=True)
class SipDomain:
    """Where users' lines register; *registrar_port* 0 leaves it to DNS, as sipXconfig does."""

    name: str
    registrar_port: int


def phone_tree(phone: StoredPhone, catalogue: Catalogue, domain: SipDomain) -> Tree:
    """A phone; ``lines`` is None without a line, ``groups`` without a group."""
    record = phone.record
    return {
        "id": phone.id,
        "serialNo": record.serial_number,
        "deviceVersion": record.version,
        "description": record.description,
        "model": model_tree(catalogue.of_stored_phone(record.model_id)),
        "lines": [line_tree(line, domain) for line in phone.lines] or None,
        "groups": [group_tree(group) for group in phone.groups] or None,
    }


def model_tree(model: SipxconfigModel) -> Tree:
    """A model; ``versions`` is None where it has none."""
    return {
        "modelId": model.model_id,
        "label": model.label,
        "vendor": model.vendor,
        "versions": list(model.versions) or None,
    }


def group_tree(group: StoredGroup, *, count: int | None = None) -> Tree:
    """A group; *count*, of its phones, is told in the list of all groups alone."""
    return {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "weight": group.weight,
        "count": count or None,
    }


def line_tree(line: StoredLine, domain: SipDomain) -> Tree:
    """A line, SIP password included: phones' files are made from this."""
    match line.owner:
        case User():
            return _internal_line(line.id, line.owner, domain)
        case ExternalAccount():
            return _external_line(line.id, line.owner)


def _internal_line(line_id: int, user: User, domain: SipDomain) -> Tree:
    return _line(
        line_id,
        uri=_uri(user.display_name, f"{user.user_name}@{domain.name}"),
        user=user.user_name,
        user_id=user.user_name,
        display_name=user.display_name,
        password=user.sip_password,
        server=domain.name,
        port=str(domain.registrar_port),
    )


def _external_line(line_id: int, account: ExternalAccount) -> Tree:
    port = f":{account.registration_server_port}" if account.registration_server_port else ""
    return _line(
        line_id,
        uri=_uri(account.display_name, f"{account.user_id}@{account.registration_server}{port}"),
        user=None,
        user_id=account.user_id,
        display_name=account.display_name,
        password=account.password,
        server=account.registration_server,
        port=account.registration_server_port,
    )


def _line(
    line_id: int,
    *,
    uri: str,
    user: str | None,
    user_id: str | None,
    display_name: str | None,
    password: str | None,
    server: str | None,
    port: str | None,
) -> Tree:
    return {
        "id": line_id,
        "uri": uri,
        "user": user,
        "userId": user_id,
        "extension": None,
        "displayName": display_name,
        "password": password,
        "registrationServer": server,
        "registrationServerPort": port,
        "voicemail": None,
    }


def _uri(display_name: str | None, address: str) -> str:
    return f'"{display_name}"<sip:{address}>' if display_name else f"<sip:{address}>"
