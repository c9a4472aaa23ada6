import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.sip.digest import (
    Algorithm,
    Challenge,
    Credentials,
    digest_response,
    parse_challenge,
    parse_credentials,
)
from registrar_plugin.sip.errors import SipSyntaxError

# RFC 2617 §3.5, whose request is a GET
MUFASA = (
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", '
    'response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
# RFC 7616 §3.9.1, SHA-256
MUFASA_SHA_256 = (
    'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
    'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, '
    'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


@pytest.mark.parametrize(("text", "password"), [(MUFASA, "Circle Of Life"), (MUFASA_SHA_256, "Circle of Life")])
def test_the_rfcs_own_example_is_right(text: str, password: str) -> None:
    credentials = parse_credentials(text)
    assert credentials.is_made_with(password, method="GET")
    assert not credentials.is_made_with(password, method="REGISTER")
    assert not credentials.is_made_with("circle of life", method="GET")


def test_clients_of_rfc_2069_answer_without_qop() -> None:
    text = 'Digest username="u",realm="r",nonce="n",uri="sip:r",response="x"'
    credentials = parse_credentials(text)
    proof = digest_response(credentials, password="pw", method="REGISTER")
    assert parse_credentials(text.replace('"x"', f'"{proof}"')).is_made_with("pw", method="REGISTER")


def test_commas_and_escapes_in_quoted_values_are_read() -> None:
    text = 'DIGEST username="a, \\"b\\"=c", realm="r\\\\",nonce="n,n" , uri=sip:r, response="x", algorithm=md5'
    credentials = parse_credentials(text)
    assert (credentials.username, credentials.realm) == ('a, "b"=c', "r\\")
    assert (credentials.nonce, credentials.uri) == ("n,n", "sip:r")
    assert credentials.algorithm is Algorithm.MD5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Digest",
        "Digest ",
        "NoOneKnowsThisScheme opaque-data=here",
        'Digest username="u"',
        MUFASA + ",",
        MUFASA + ', nonce="again"',
        MUFASA[:-1],
        MUFASA.replace("00000001", "1"),
        MUFASA.replace("nc=00000001, ", ""),
        MUFASA.replace("qop=auth", "qop=auth-int"),
        MUFASA + ", algorithm=MD4",
    ],
)
def test_malformed_credentials_are_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_credentials(text)


QUOTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(QUOTABLE, QUOTABLE, QUOTABLE, st.booleans(), st.sampled_from(Algorithm))
def test_credentials_are_read_back_as_written(
    username: str, realm: str, cnonce: str, has_qop: bool, algorithm: Algorithm
) -> None:
    qop, nc = ("auth", "0000000a") if has_qop else (None, None)
    written = Credentials(username, realm, "n", "sip:r", "f0", algorithm, qop, cnonce, nc)
    assert parse_credentials(str(written)) == written


@given(QUOTABLE, QUOTABLE, st.booleans())
def test_a_challenge_is_read_back_as_written(realm: str, nonce: str, is_stale: bool) -> None:
    written = Challenge(realm, nonce, is_stale=is_stale)
    assert parse_challenge(str(written)) == written


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, f"Digest {text}"):
        with contextlib.suppress(SipSyntaxError):
            parse_credentials(candidate)


USUAL_VALUES = st.text("abcXYZ019 .:;,=/@~<>'", max_size=12)


@given(st.dictionaries(st.sampled_from(["realm", "nonce", "uri", "qop", "nc", "opaque"]), USUAL_VALUES, min_size=1))
def test_credentials_of_the_usual_form_are_read_as_all_others_are(params: dict[str, str]) -> None:
    text = "username=\"a\", response='0', " + ", ".join(f'{name}="{value}"' for name, value in params.items())
    usual, piece_by_piece = f"Digest {text}", f"Digest  {text}"  # two blanks are not usual
    assert reading(usual) == reading(piece_by_piece)


def reading(text: str) -> Credentials | str:
    try:
        return parse_credentials(text)
    except SipSyntaxError as error:
        return error.reason


@pytest.mark.parametrize("text", ['Digest realm="a",', 'Digest realm="a", ', 'Digest realm="a", realm="b"', "Digest "])
def test_what_only_begins_in_the_usual_form_is_refused(text: str) -> None:
    with pytest.raises(SipSyntaxError):
        parse_credentials(text)
