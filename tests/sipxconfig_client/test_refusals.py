import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipxconfig_client.refusals import Meaning, meaning, plain_words
from sipxconfig_client.transport import HttpAnswer

PHONE_CONTEXT = "org.sipfoundry.sipxconfig.phone.PhoneContextImpl"
NO_ROW = "org.springframework.orm.hibernate3.HibernateObjectRetrievalFailureException: No row with the given identifier"


def answer(status: int, text: str) -> HttpAnswer:
    return HttpAnswer(status, "application/json", text.encode())


@pytest.mark.parametrize(
    ("status", "text", "expected"),
    [
        (500, f"{PHONE_CONTEXT}$DuplicateSerialNumberException: &error.x", Meaning.TAKEN),
        (500, "org.springframework.dao.DataIntegrityViolationException: could not insert", Meaning.LOOK_AGAIN),
        (500, f"{PHONE_CONTEXT}$InvalidSerialNumberException: &error.x", Meaning.REFUSED),
        (500, "java.lang.IllegalArgumentException: No such model with id 'nope'", Meaning.REFUSED),
        (500, "java.lang.NullPointerException", Meaning.REFUSED),
        (500, 'java.lang.NullPointerException: Cannot invoke "x" because "y" is null', Meaning.REFUSED),
        (500, "org.sipfoundry.sipxconfig.phone.Phone$MaxLinesException: &error.x", Meaning.REFUSED),
        (404, "No such phone model defined", Meaning.REFUSED),
        (404, "User not found", Meaning.REFUSED),
        (404, "Phone not found", Meaning.NOT_FOUND),
        (404, "", Meaning.NOT_FOUND),
        (404, NO_ROW, Meaning.NOT_FOUND),
        (404, "<html><body>Not Found</body></html>", Meaning.UNKNOWN),
        (500, "java.lang.OutOfMemoryError: Java heap space", Meaning.UNKNOWN),
        (500, "javax.ws.rs.NotFoundException: HTTP 404 Not Found", Meaning.UNKNOWN),
        (500, "", Meaning.UNKNOWN),
        (502, "java.lang.NullPointerException", Meaning.UNKNOWN),
    ],
)
def test_the_class_name_says_what_is_to_be_done(status: int, text: str, expected: Meaning) -> None:
    assert meaning(answer(status, text)) is expected


def test_an_unknown_failure_is_told_with_its_class_and_nothing_of_its_text() -> None:
    words = plain_words(answer(500, "java.sql.SQLException: password=secret"))
    assert words == "the config system answered 500 (java.sql.SQLException)"
    assert plain_words(answer(503, "<html>secret</html>")) == "the config system answered 503"


@given(status=st.sampled_from([400, 404, 500, 502]), body=st.binary())
def test_any_failure_has_words(status: int, body: bytes) -> None:
    failure = HttpAnswer(status, "text/xml", body)
    assert meaning(failure) in Meaning
    assert plain_words(failure)
