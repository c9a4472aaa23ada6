from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autoprov.settings.sipxecs_files import ProvisionUser, SipDomain, SipxecsFileError, read_domain, read_provision_user
from tests.autoprov.sipxecs_directory import PASSWORD, USER, write_sipxecs_files
from tests.shared_data import shared_data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_sipxecs_files(tmp_path)
    return tmp_path


def written(folder: Path, text: str) -> Path:
    file = folder / "written"
    file.write_text(text, encoding="latin-1")
    return file


def test_user_and_password_are_those_of_sipxecs_own_unassigned_phones(folder: Path) -> None:
    assert read_provision_user(folder / "sipxprovision-config") == ProvisionUser(USER, PASSWORD)


def test_the_domain_comes_with_all_its_names(folder: Path) -> None:
    domain = read_domain(folder / "domain-config")
    assert domain == SipDomain("example.org", frozenset({"192.0.2.1", "sipx.example.org"}), "example.org")
    assert domain.has("SIPX.example.org")
    assert domain.has("example.org")
    assert not domain.has("example.com")


def test_the_password_is_never_printed(folder: Path) -> None:
    assert PASSWORD not in repr(read_provision_user(folder / "sipxprovision-config"))


def test_javas_rules_for_properties_are_followed(tmp_path: Path) -> None:
    file = written(
        tmp_path, "#c=1\n ! provision.username=x\nprovision.username : a\\~b\n provision.password\tse:cr=t \n"
    )
    assert read_provision_user(file) == ProvisionUser("a~b", "se:cr=t")


@pytest.mark.parametrize("name", ["sipxprovision-config", "expected-sipxprovision-config"])
def test_recorded_files_are_read(name: str) -> None:
    found = read_provision_user(shared_data("sipxconfig", "sipxprovision", name))
    assert found.user in ("~~id~sipXprovision", "provisioner")


@pytest.mark.parametrize("name", ["domain-config", "initial-domain-config"])
def test_recorded_domains_are_read(name: str) -> None:
    domain = read_domain(shared_data("sipxconfig", "sipxprovision", name))
    assert domain.name in ("fun.pm", "domain.example.org")
    assert len(domain.aliases) >= 2


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "provision.username is missing"),
        ("provision.username=~~id~x\n", "provision.password is missing"),
        ("provision.username=a b\nprovision.password=x\n", "provision.username is missing, or no SIP user name"),
        ('provision.username=ab\nprovision.password="x"\n', "characters that phones read differently"),
        ("provision.username=ab\nprovision.password=x&y\n", "characters that phones read differently"),
    ],
)
def test_what_lacks_in_the_provision_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SipxecsFileError, match=complaint) as raised:
        read_provision_user(file)
    assert str(file) in str(raised.value)


def test_what_lacks_in_the_domain_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SipxecsFileError, match="SIP_DOMAIN_NAME and SIP_REALM missing"):
        read_domain(written(tmp_path, "SIP_DOMAIN_NAME :\nOTHER : 1\n"))


@pytest.mark.parametrize("read", [read_provision_user, read_domain])
def test_a_file_that_is_not_there_or_cannot_be_read_is_named(tmp_path: Path, read: object) -> None:
    assert callable(read)
    for file in (tmp_path / "none", tmp_path):
        with pytest.raises(SipxecsFileError, match=str(file)):
            read(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "any"
    file.write_bytes(data)
    for read in (read_provision_user, read_domain):
        try:
            read(file)
        except SipxecsFileError:
            continue
