from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Authorization

from sipxconfig_server.digest import BadDigest, DigestRealm, digest_response

PASSWORDS = {"superadmin": "admin123"}


def proof(nonce: str, *, password: str = "admin123", user_name: str = "superadmin") -> Authorization:
    fields: dict[str, str | None] = {
        "username": user_name,
        "nonce": nonce,
        "uri": "/x",
        "qop": "auth",
        "nc": "00000001",
        "cnonce": "abcd",
    }
    right = digest_response(Authorization("digest", fields), method="GET", realm="example.org", password=password)
    return Authorization("digest", fields | {"response": right.decode()})


def nonce_of(realm: DigestRealm) -> str:
    return realm.challenge().partition('nonce="')[2].removesuffix('"')


def test_a_nonce_lives_ten_seconds() -> None:
    now = [1000.0]
    realm = DigestRealm("example.org", clock=lambda: now[0])
    given = proof(nonce_of(realm))
    for now[0] in (1000.0, 1009.9):
        assert realm.proven_user(given, method="GET", passwords=PASSWORDS) == "superadmin"
    now[0] = 1010.1
    with pytest.raises(BadDigest) as caught:
        realm.proven_user(given, method="GET", passwords=PASSWORDS)
    assert caught.value.is_stale


def test_another_realms_nonce_a_wrong_password_and_an_unknown_user_are_refused() -> None:
    realm, other = (DigestRealm("example.org", clock=lambda: 1000.0) for _ in range(2))
    wrong = (
        proof(nonce_of(other)),
        proof(nonce_of(realm), password="guess"),
        proof(nonce_of(realm), user_name="nobody", password=""),
    )
    for sent in wrong:
        with pytest.raises(BadDigest) as caught:
            realm.proven_user(sent, method="GET", passwords=PASSWORDS)
        assert not caught.value.is_stale


@given(st.text() | st.binary().map(lambda data: b64encode(data).decode()))
def test_any_nonce_of_others_is_refused(nonce: str) -> None:
    realm = DigestRealm("example.org", clock=lambda: 1000.0)
    with pytest.raises(BadDigest):
        realm.proven_user(proof(nonce), method="GET", passwords=PASSWORDS)


def test_an_expiry_that_was_written_anew_is_refused() -> None:
    realm = DigestRealm("example.org", clock=lambda: 1000.0)
    forged = b64encode(b"99999999999999:" + b"0" * 32).decode()
    with pytest.raises(BadDigest):
        realm.proven_user(proof(forged), method="GET", passwords=PASSWORDS)
