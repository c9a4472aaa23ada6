from simulated_phone.digest import authorization, choose_challenge

_RFC_2617 = (
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)


def test_the_example_of_rfc_2617_comes_out() -> None:
    challenge = choose_challenge([_RFC_2617])
    assert challenge is not None
    answer = authorization(
        challenge,
        user="Mufasa",
        password="Circle Of Life",
        method="GET",
        uri="/dir/index.html",
        nonce_count=1,
        cnonce="0a4f113b",
    )
    assert 'response="6629fae49393a05397450978507c4ef1"' in answer
    assert 'qop=auth, cnonce="0a4f113b", nc=00000001' in answer


def test_the_captured_authorization_has_the_same_parameters_in_the_same_order() -> None:
    challenge = choose_challenge(['Digest realm="r", nonce="n", opaque="o", qop="auth", algorithm=MD5'])
    assert challenge is not None
    answer = authorization(challenge, user="u", password="p", method="REGISTER", uri="sip:r", nonce_count=1, cnonce="c")
    names = [part.split("=")[0] for part in answer.removeprefix("Digest ").split(", ")]
    assert names == ["username", "realm", "nonce", "qop", "cnonce", "nc", "opaque", "uri", "response", "algorithm"]


def test_without_qop_the_answer_is_that_of_rfc_2069() -> None:
    challenge = choose_challenge(['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'])
    assert challenge is not None
    answer = authorization(
        challenge,
        user="Mufasa",
        password="Circle Of Life",
        method="GET",
        uri="/dir/index.html",
        nonce_count=1,
        cnonce="c",
    )
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in answer
    assert "cnonce" not in answer
    assert "opaque" not in answer


def test_a_challenge_that_the_phone_cannot_answer_is_passed_over() -> None:
    sha256 = 'Digest realm="new", nonce="n", algorithm=SHA-256, qop="auth"'
    md5 = 'Digest realm="old", nonce="n", algorithm=MD5, qop="auth", stale=TRUE'
    challenge = choose_challenge(["Basic realm=x", sha256, md5])
    assert challenge is not None
    assert (challenge.realm, challenge.is_stale) == ("old", True)
    assert choose_challenge([sha256]) is None
    assert choose_challenge(['Digest realm="r", nonce="n", qop="auth-int"']) is None
    assert choose_challenge([]) is None
