from dataclasses import replace
from datetime import timedelta

from registrar_plugin.hosts.retransmissions import Retransmissions
from tests.registrar_plugin.registrations import NOW, registration

REGISTER = registration()


def test_the_same_register_again_is_a_retransmission_however_its_cseq_is_spaced() -> None:
    noted = Retransmissions()
    assert not noted.note(REGISTER, "1 REGISTER", now=NOW)
    assert noted.note(REGISTER, "1  REGISTER", now=NOW + timedelta(seconds=31))


def test_after_64_t1_it_is_none() -> None:
    noted = Retransmissions()
    noted.note(REGISTER, "1 REGISTER", now=NOW)
    assert not noted.note(REGISTER, "1 REGISTER", now=NOW + timedelta(seconds=32))


def test_another_call_cseq_or_phone_is_none() -> None:
    noted = Retransmissions()
    noted.note(REGISTER, "1 REGISTER", now=NOW)
    assert not noted.note(REGISTER, "2 REGISTER", now=NOW)
    assert not noted.note(replace(REGISTER, call_id="boot 2"), "1 REGISTER", now=NOW)
    assert not noted.note(replace(REGISTER, source=("192.0.2.32", 5060)), "1 REGISTER", now=NOW)
