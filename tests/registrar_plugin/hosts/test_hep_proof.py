import pytest

from registrar_plugin.hosts.hep_proof import PhonesAccount
from registrar_plugin.sip.message import read_message
from tests.peers.polycom import PASSWORD, USER, credentials, register

CHALLENGE = {"realm": "pbx.example.com", "nonce": "6f1c2b"}
ACCOUNT = PhonesAccount(USER, ("today's", "yesterday's"))


def proves(*authorizations: str) -> bool:
    extra = [f"Authorization: {each}" for each in authorizations]
    return ACCOUNT.is_proven_by(read_message(register(extra=extra)).headers)


@pytest.mark.parametrize("password", ["today's", "yesterday's"])
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("with_qop", [True, False])
def test_who_knows_a_password_of_the_account_proves_it(password: str, algorithm: str, with_qop: bool) -> None:
    challenge = {**CHALLENGE, "algorithm": algorithm}
    assert proves(credentials(challenge, password=password, with_qop=with_qop))


def test_one_of_several_digests_is_enough() -> None:
    assert proves("Basic x", credentials(CHALLENGE), credentials(CHALLENGE, password="today's"))


@pytest.mark.parametrize(
    "authorizations", [(), ("Digest bogus=1",), ("",), (credentials(CHALLENGE, password=PASSWORD),)]
)
def test_whoever_does_not_proves_nothing(authorizations: tuple[str, ...]) -> None:
    assert not proves(*authorizations)


def test_the_passwords_are_not_shown() -> None:
    assert "today" not in repr(ACCOUNT)
