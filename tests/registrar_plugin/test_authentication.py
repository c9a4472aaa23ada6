from datetime import timedelta

import pytest

from registrar_plugin.sip.digest import Algorithm
from tests.peers.polycom import PASSWORD, USER, challenges_of, credentials, register
from tests.registrar_plugin.exchange import Exchange, settings


@pytest.fixture
def phone() -> Exchange:
    return Exchange()


def test_a_wrong_password_is_challenged_anew_and_in_the_end_forbidden(phone: Exchange) -> None:
    wrong = [phone.ask(authorization=credentials(phone.challenge(), password="wrong")) for _ in range(6)]
    assert [response.status for response in wrong] == [401] * 5 + [403]
    assert phone.register().status == 200, "who knows the password is let in all the same"
    assert len(phone.accepted) == 1


@pytest.mark.parametrize(
    "authorization",
    [
        "NoOneKnowsThisScheme opaque-data=here",
        'Digest username="ft",realm="yxa.sip.su.se", nonce="a0',
        'Digest username="ft",realm="yxa.sip.su.se",nonce="a0",uri="sip:h",response="00"',
    ],
)
def test_credentials_that_are_none_are_challenged(phone: Exchange, authorization: str) -> None:
    assert phone.ask(authorization=authorization).status == 401


def test_another_users_credentials_are_worth_nothing(phone: Exchange) -> None:
    assert phone.ask(authorization=credentials(phone.challenge(), username="alice")).status == 401


def test_the_user_name_may_carry_the_mac_and_escapes(phone: Exchange) -> None:
    for username in (f"{USER}/0004f2abcdef", "%7E%7Eid%7Eautoprovision"):
        assert phone.ask(authorization=credentials(phone.challenge(), username=username)).status == 200


def test_an_old_nonce_is_stale(phone: Exchange) -> None:
    challenge = phone.challenge()
    phone.now += timedelta(minutes=6)
    response = phone.ask(authorization=credentials(challenge))
    assert (response.status, "stale=true" in response.headers.first("www-authenticate")) == (401, True)


def test_a_nonce_of_before_a_restart_is_stale(phone: Exchange) -> None:
    elsewhere = Exchange(settings(nonce_key=b"another"))
    response = phone.ask(authorization=credentials(elsewhere.challenge()))
    assert "stale=true" in response.headers.first("www-authenticate")


def test_a_nonce_serves_again_with_a_higher_count_alone(phone: Exchange) -> None:
    challenge = phone.challenge()
    counts = [1, 2, 2, 1, 0x10]
    statuses = [phone.ask(authorization=credentials(challenge, count=count)).status for count in counts]
    assert statuses == [200, 200, 401, 401, 200]


def test_without_qop_a_nonce_serves_once(phone: Exchange) -> None:
    challenge = phone.challenge()
    asked = [phone.ask(authorization=credentials(challenge, with_qop=False)) for _ in range(2)]
    assert [response.status for response in asked] == [200, 401]


def test_settings_do_not_show_the_password() -> None:
    assert PASSWORD not in repr(settings())


def test_the_proof_may_be_written_in_capitals(phone: Exchange) -> None:
    written = credentials(phone.challenge())
    proof = written.partition('response="')[2].partition('"')[0]
    assert phone.ask(authorization=written.replace(proof, proof.upper())).status == 200


def test_a_comma_inside_quotes_parts_nothing(phone: Exchange) -> None:
    authorization = credentials(phone.challenge()) + ', opaque="a, b=\\"c\\", nc=00000009"'
    assert phone.ask(authorization=authorization).status == 200


def test_a_phone_that_a_nat_moved_between_its_two_requests_is_accepted(phone: Exchange) -> None:
    authorization = credentials(phone.challenge())
    request = register(branch="z9hG4bKmoved", cseq=7, authorization=authorization)
    assert phone.reply_to(request, ("198.51.100.7", 61_000)).startswith(b"SIP/2.0 200 ")
    replayed = register(branch="z9hG4bKreplayed", cseq=8, authorization=authorization)
    assert b"stale=true" in phone.reply_to(replayed, ("198.51.100.8", 5060)), "and from elsewhere it is a replay too"


def test_credentials_for_another_realm_are_worth_nothing(phone: Exchange) -> None:
    challenge = {**phone.challenge(), "realm": "elsewhere"}
    assert phone.ask(authorization=credentials(challenge)).status == 401


def test_the_wrong_answers_of_one_phone_do_not_count_for_another_at_its_address(phone: Exchange) -> None:
    wrong = [
        phone.ask(authorization=credentials(phone.challenge(), password="wrong"), call_id=call_id).status
        for call_id in ("a", "b") * 5
    ]
    assert wrong == [401] * 10


SHA_256, MD5 = Algorithm.SHA_256, Algorithm.MD5


def offered(phone: Exchange) -> list[dict[str, str]]:
    phone.requests += 1
    return challenges_of(phone.reply_to(register(branch=f"z9hG4bK{phone.requests}", cseq=phone.requests)))


def test_the_better_algorithm_is_offered_first_and_each_is_accepted() -> None:
    phone = Exchange(settings(algorithms=(SHA_256, MD5)))
    for number, name in enumerate(("SHA-256", "MD5")):
        challenges = offered(phone)
        assert [challenge["algorithm"] for challenge in challenges] == ["SHA-256", "MD5"]
        assert challenges[number]["algorithm"] == name
        assert phone.ask(authorization=credentials(challenges[number])).status == 200


def test_a_nonce_is_not_good_for_one_request_in_each_algorithm() -> None:
    phone = Exchange(settings(algorithms=(SHA_256, MD5)))
    answers = [credentials(challenge) for challenge in offered(phone)]
    assert [phone.ask(authorization=answer).status for answer in answers] == [200, 401]


@pytest.mark.parametrize(("ours", "theirs"), [(MD5, "SHA-256"), (SHA_256, "MD5")])
def test_an_algorithm_that_was_not_offered_is_worth_nothing(ours: Algorithm, theirs: str) -> None:
    phone = Exchange(settings(algorithms=(ours,)))
    (challenge,) = offered(phone)
    assert challenge["algorithm"] == ours.value
    assert phone.ask(authorization=credentials({**challenge, "algorithm": theirs})).status == 401
    assert phone.ask(authorization=credentials(challenge)).status == 200


def test_a_stale_nonce_is_told_in_each_challenge() -> None:
    phone = Exchange(settings(algorithms=(SHA_256, MD5)))
    challenge = offered(phone)[1]
    phone.now += timedelta(minutes=6)
    told = phone.ask(authorization=credentials(challenge)).headers.all("www-authenticate")
    assert ["stale=true" in value for value in told] == [True, True]
