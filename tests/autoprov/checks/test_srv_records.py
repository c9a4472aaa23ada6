import socket
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov.checks.srv_records import NoDnsAnswer, SrvRecord, srv_records
from tests.peers.dns import dns_server

NAME = "_sip._udp.example.org"


def test_the_records_come_in_the_order_in_which_phones_ask_them() -> None:
    records = [
        (20, 9, 5060, "third.example.org"),
        (10, 1, 5062, "second.example.org"),
        (10, 5, 5061, "first.example.org"),
    ]
    with dns_server(srv={NAME: records}) as server:
        assert srv_records(NAME, name_servers=[server]) == [
            SrvRecord(10, 5, 5061, "first.example.org"),
            SrvRecord(10, 1, 5062, "second.example.org"),
            SrvRecord(20, 9, 5060, "third.example.org"),
        ]
        assert srv_records("_sip._tcp.example.org", name_servers=[server]) == []


def test_a_server_that_is_silent_or_absent_is_passed_over() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent,
        dns_server(srv={NAME: [(1, 1, 5060, "pbx.example.org")]}) as server,
    ):
        silent.bind(("127.0.0.1", 0))
        assert srv_records(NAME, name_servers=[silent.getsockname(), server])
    with pytest.raises(NoDnsAnswer, match=r"_sip\._udp\.example\.org \(127\.0\.0\.1\)"):
        srv_records(NAME, name_servers=[server])


@given(st.binary(max_size=80))
def test_whatever_answers_there_is_an_answer_or_none(rubbish: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(20)

        def answer() -> None:
            query, asker = server.recvfrom(512)
            server.sendto(query[:2] + b"\x81\x80\x00\x00\x00\x01\x00\x00\x00\x00" + rubbish, asker)

        thread = Thread(target=answer)
        thread.start()
        try:
            srv_records(NAME, name_servers=[server.getsockname()])
        except NoDnsAnswer:
            pass
        finally:
            thread.join()
