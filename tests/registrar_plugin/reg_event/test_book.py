from collections.abc import Sequence
from datetime import timedelta

from registrar_plugin.reg_event.book import Missed, RegEventBook, Seen
from registrar_plugin.reg_event.reginfo import MAX_CONTACTS, RegInfo, parse_reginfo
from tests.peers.reg_event_notifier import NotifiedContact, sipxecs_document

AOR = "sip:~~id~sipXprovision@example.org"
FIRST = NotifiedContact("sip:x@192.0.2.31", "0004f2000001")
SECOND = NotifiedContact("sip:x@192.0.2.32", "0004f2000002")
FIRST_AGAIN = NotifiedContact("sip:x@192.0.2.31", "0004f2000001", cseq=3)
FIRST_GONE = NotifiedContact("sip:x@192.0.2.31", "0004f2000001", is_active=False)


def document(version: int, *contacts: NotifiedContact, state: str = "full") -> RegInfo:
    return parse_reginfo(sipxecs_document(AOR, list(contacts), version=version, state=state))


def partial(version: int, *contacts: NotifiedContact) -> RegInfo:
    return document(version, *contacts, state="partial")


def phones(news: Sequence[Seen] | Missed) -> Sequence[str]:
    assert not isinstance(news, Missed)
    return [seen.contact.instrument for seen in news]


def test_of_all_contacts_only_those_that_registered_since_are_news() -> None:
    book = RegEventBook()
    assert phones(book.take(document(1, FIRST))) == ["0004f2000001"]
    assert phones(book.take(document(2, FIRST, SECOND))) == ["0004f2000002"]
    assert phones(book.take(document(3, FIRST_AGAIN, SECOND))) == ["0004f2000001"]
    assert len(book) == 2


def test_full_documents_may_skip_versions_or_have_none() -> None:
    book = RegEventBook()
    assert phones(book.take(document(900, FIRST))) == ["0004f2000001"]
    assert phones(book.take(document(905, FIRST, SECOND))) == ["0004f2000002"]
    assert phones(book.take(document(905, FIRST_AGAIN, SECOND))) == ["0004f2000001"]


def test_what_a_full_document_leaves_out_is_gone_and_would_be_news_again() -> None:
    book = RegEventBook()
    book.take(document(1, FIRST, SECOND))
    assert phones(book.take(document(2, SECOND))) == []
    assert phones(book.take(document(3, FIRST, SECOND))) == ["0004f2000001"]


def test_partial_documents_change_what_they_name() -> None:
    book = RegEventBook()
    book.take(document(1, FIRST))
    assert phones(book.take(partial(2, SECOND))) == ["0004f2000002"]
    assert phones(book.take(partial(3, FIRST_GONE))) == []
    assert len(book) == 1


def test_a_partial_document_after_one_that_was_missed_is_not_taken() -> None:
    book = RegEventBook()
    book.take(document(1, FIRST))
    assert book.take(partial(3, SECOND)) is Missed.GAP
    assert phones(book.take(document(4, FIRST, SECOND))) == ["0004f2000002"]
    assert phones(book.take(partial(5, FIRST_AGAIN))) == ["0004f2000001"]


def test_a_partial_document_before_any_full_one_is_not_enough() -> None:
    assert RegEventBook().take(partial(5, FIRST)) is Missed.GAP


def test_an_older_partial_document_changes_nothing() -> None:
    book = RegEventBook()
    book.take(document(5, SECOND))
    assert book.take(partial(5, FIRST)) is Missed.OLDER
    assert len(book) == 1


def test_a_contact_that_ended_is_no_news() -> None:
    book = RegEventBook()
    assert phones(book.take(document(1, FIRST_GONE))) == []
    assert len(book) == 0


def test_time_that_passes_is_no_news() -> None:
    book = RegEventBook()
    info = document(1, FIRST)
    (registration,) = info.registrations
    (contact,) = registration.contacts
    for version, seconds in ((1, 300), (2, 250)):
        timed = contact._replace(expires=timedelta(seconds=seconds))
        told = RegInfo(version, True, (registration._replace(contacts=(timed,)),))
        assert phones(book.take(told)) == (["0004f2000001"] if version == 1 else [])


def test_no_more_contacts_are_held_than_one_document_may_have() -> None:
    book = RegEventBook()
    (registration,) = document(1, FIRST).registrations
    many = tuple(registration.contacts[0]._replace(contact_id=str(number)) for number in range(MAX_CONTACTS))
    book.take(RegInfo(1, True, (registration._replace(contacts=many),)))
    assert phones(book.take(partial(2, SECOND))) == []
    assert len(book) == MAX_CONTACTS
