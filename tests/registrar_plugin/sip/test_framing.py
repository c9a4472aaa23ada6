import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.sip.framing import (
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    Broken,
    Framed,
    KeepAlive,
    StreamFraming,
)

HEAD = b"OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\n"
PLAIN = HEAD + b"Content-Length: 0\r\n\r\n"
SPELLINGS = [
    b"Content-Length: %d\r\n",
    b"content-length:%d\r\n",
    b"CONTENT-LENGTH :\t%d \r\n",
    b"l: %d\r\n",
    b"L   :   00%d\r\n",
    b"Content-Length:\r\n  %d\r\n",
    b"l :\r\n\t%d\r\nSubject: after it\r\n",
]


def framed(*parts: bytes) -> list[Framed]:
    framing = StreamFraming()
    return [item for part in parts for item in framing.feed(part)]


def told(items: list[Framed]) -> list[object]:
    """The items in a form that can be compared."""
    return [
        ("broken", item.head, item.fault.status, item.fault.reason)
        if isinstance(item, Broken)
        else "keep-alive"
        if isinstance(item, KeepAlive)
        else item
        for item in items
    ]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_the_length_is_read_in_every_spelling(spelling: bytes, line_end: bytes) -> None:
    message = (HEAD + spelling % 6 + b"\r\n").replace(b"\r\n", line_end) + b"a\r\n\r\nb"
    assert framed(message + PLAIN) == [message, PLAIN]


def test_messages_in_one_segment_come_one_by_one() -> None:
    with_body = HEAD + b"l: 2\r\n\r\nhi"
    assert framed(PLAIN + with_body + PLAIN) == [PLAIN, with_body, PLAIN]


def test_a_message_in_many_segments_comes_when_its_last_byte_is_there() -> None:
    framing = StreamFraming()
    for byte in PLAIN[:-1]:
        assert framing.feed(bytes([byte])) == []
    assert framing.held_bytes == len(PLAIN) - 1
    assert framing.feed(PLAIN[-1:]) == [PLAIN]
    assert framing.held_bytes == 0


@pytest.mark.parametrize(
    ("data", "count"),
    [(b"\r\n\r\n", 1), (b"\r\n", 0), (b"\n\n", 1), (b"\r\n" * 5, 2), (PLAIN + b"\r\n" + PLAIN + b"\r\n", 0)],
)
def test_two_empty_lines_between_messages_are_a_keep_alive(data: bytes, count: int) -> None:
    assert told(framed(data)).count("keep-alive") == count
    assert told(framed(*(bytes([byte]) for byte in data))).count("keep-alive") == count


def test_a_keep_alive_within_a_body_is_none() -> None:
    message = HEAD + b"l: 4\r\n\r\n\r\n\r\n"
    assert framed(message) == [message]


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        (b"", 400, "Content-Length Missing"),
        (b"l: 0\r\nContent-Length: 5\r\n", 400, "Content-Length Given Twice"),
        (b"l: -1\r\n", 400, "Content-Length: Malformed Number"),
        (b"l: 1 2\r\n", 400, "Content-Length: Malformed Number"),
        (b"l: \r\n", 400, "Content-Length: Malformed Number"),
        (b"l: 8193\r\n", 513, "Message Too Large"),
        (b"l: " + b"9" * 5000 + b"\r\n", 513, "Message Too Large"),
        (b"a: b\r\n" * 300 + b"l: 0\r\n", 513, "Too Many Header Fields"),
    ],
)
def test_a_message_without_a_sound_length_breaks_the_stream(fields: bytes, status: int, reason: str) -> None:
    head = HEAD + fields + b"\r\n"
    assert told(framed(PLAIN + head + PLAIN, PLAIN)) == [PLAIN, ("broken", head, status, reason)]


def test_a_head_that_does_not_end_breaks_the_stream_at_its_limit() -> None:
    (broken,) = told(framed(HEAD, b"x" * MAX_HEAD_BYTES))
    assert broken == ("broken", (HEAD + b"x" * MAX_HEAD_BYTES)[:MAX_HEAD_BYTES], 513, "Message Too Large")


def test_the_largest_message_is_taken() -> None:
    rest = MAX_HEAD_BYTES - len(HEAD) - len(b"l: 8192\r\nx: \r\n\r\n")
    message = HEAD + b"l: 8192\r\nx: " + b"y" * rest + b"\r\n\r\n" + b"z" * MAX_BODY_BYTES
    assert framed(message[:100], message[100:]) == [message]
    assert isinstance(framed(message.replace(b"x: ", b"xx: "))[0], Broken)


LINE_ENDS = st.lists(st.sampled_from([b"\r\n", b"\n"]), max_size=3).map(b"".join)
BODIES = st.one_of(st.binary(max_size=40), st.sampled_from([b"\r\n\r\n", PLAIN]))


def message_with(spelling: bytes, body: bytes) -> bytes:
    return HEAD + spelling % len(body) + b"\r\n" + body


MESSAGES = st.builds(message_with, st.sampled_from(SPELLINGS), BODIES)


@st.composite
def split(draw: st.DrawFn, data: bytes) -> list[bytes]:
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=12)))
    return [data[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


@given(st.data(), st.lists(st.tuples(LINE_ENDS, MESSAGES), max_size=6))
def test_however_a_stream_is_split_its_messages_are_the_same(
    data: st.DataObject, sequence: list[tuple[bytes, bytes]]
) -> None:
    parts = data.draw(split(b"".join(line_ends + message for line_ends, message in sequence)))
    messages = [item for item in framed(*parts) if isinstance(item, bytes)]
    assert messages == [message for _, message in sequence]


FRAGMENTS = st.lists(st.one_of(st.sampled_from([PLAIN, HEAD, b"\r\n", b"\n", b"\r", b"l: 3\r\n", b": "]), st.binary()))


@given(st.data(), FRAGMENTS.map(b"".join))
def test_any_bytes_however_split_are_cut_the_same_way(data: st.DataObject, stream: bytes) -> None:
    parts = data.draw(split(stream))
    assert told(framed(*parts)) == told(framed(stream))


@given(FRAGMENTS)
def test_no_more_is_held_than_one_message(parts: list[bytes]) -> None:
    framing = StreamFraming()
    for part in parts:
        framing.feed(part)
    assert framing.held_bytes <= MAX_HEAD_BYTES + MAX_BODY_BYTES


@pytest.mark.parametrize(
    "parts",
    [
        [PLAIN * 4000],
        [b"\r\n" * 200_000],
        [b"\r" * 400_000],
        [bytes([byte]) for byte in (HEAD + b"l: 8000\r\nx: " + b"\n\r" * 3000 + b"y" * 1000 + b"\r\n\r\n")],
        [b"\n\r" * 100_000],
        [(HEAD + b"l: 8000\r\n\r\n" + b"b" * 8000)[at : at + 1] for at in range(8100)],
    ],
)
def test_a_hostile_stream_costs_linear_time(parts: list[bytes]) -> None:
    begin = time.process_time()
    framed(*parts)
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("part", [b"REGISTER", HEAD, PLAIN[:-1], HEAD + b"l: 9\r\n\r\n12345678"])
def test_what_was_begun_and_not_ended_can_be_refused(part: bytes) -> None:
    framing = StreamFraming()
    framing.feed(PLAIN + part)
    unfinished = framing.unfinished()
    assert unfinished is not None
    assert (unfinished.head, unfinished.fault.reason) == (part, "Message Not Complete")


@pytest.mark.parametrize("stream", [b"", PLAIN, PLAIN + b"\r\n\r\n", HEAD + b"l: x\r\n\r\nbroken"])
def test_between_messages_and_behind_a_broken_one_nothing_is_unfinished(stream: bytes) -> None:
    framing = StreamFraming()
    framing.feed(stream)
    assert framing.unfinished() is None
