"""SIP messages, damaged in all the ways that a broken phone, a bad network or an ill will damages them."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from random import Random

_NUMBER_LENGTHS = (1, 5, 10, 19, 40, 400, 5000)
_LARGEST = 60_000
_AWKWARD = (
    b"\0",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b'"',
    b"\\",
    b"<",
    b">",
    b",",
    b";",
    b"%",
    b"%00",
    b"\xff\xfe",
    b"*",
    b"[",
    b" " * 999,
)


def mutated(seeds: Sequence[bytes], random: Random) -> Iterator[bytes]:
    """An endless row of datagrams, each a seed with one to three damages; now and then one of random bytes."""
    for number in count():
        if number % 50 == 0:
            yield random.randbytes(random.randrange(2000))
            continue
        data = random.choice(seeds)
        for _ in range(random.randint(1, 3)):
            data = random.choice(_DAMAGES)(data, seeds, random)
        yield data[:_LARGEST]


def _flip_bits(data: bytes, _seeds: Sequence[bytes], random: Random) -> bytes:
    damaged = bytearray(data or b"?")
    for _ in range(random.randint(1, 8)):
        damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
    return bytes(damaged)


def _cut(data: bytes, _seeds: Sequence[bytes], random: Random) -> bytes:
    start, end = sorted(random.randrange(len(data) + 1) for _ in range(2))
    return random.choice((data[:start], data[start:], data[:start] + data[end:]))


def _splice(data: bytes, seeds: Sequence[bytes], random: Random) -> bytes:
    other = random.choice(seeds)
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other)) :]


def _repeat_lines(data: bytes, _seeds: Sequence[bytes], random: Random) -> bytes:
    lines = data.split(b"\n")
    line = random.choice(lines)
    times = random.choice((1, 2, 300))
    where = random.randrange(len(lines) + 1)
    return b"\n".join(lines[:where] + [line] * times + lines[where:])


def _shuffle_lines(data: bytes, _seeds: Sequence[bytes], random: Random) -> bytes:
    lines = data.split(b"\n")
    random.shuffle(lines)
    return b"\n".join(lines)


def _put_huge_number(data: bytes, _seeds: Sequence[bytes], random: Random) -> bytes:
    digits = [place for place, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    if not digits:
        return data
    place = random.choice(digits)
    number = random.choice((b"-", b"")) + random.choice(b"0179").to_bytes() * random.choice(_NUMBER_LENGTHS)
    return data[:place] + number + data[place + 1 :]


def _insert(data: bytes, _seeds: Sequence[bytes], random: Random) -> bytes:
    place = random.randrange(len(data) + 1)
    inserted = random.choice((random.choice(_AWKWARD), random.randbytes(random.randint(1, 40))))
    return data[:place] + inserted + data[place:]


def _blow_up(data: bytes, _seeds: Sequence[bytes], random: Random) -> bytes:
    start, end = sorted(random.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[start:end][:60] * random.choice((2, 10, 500)) + data[end:]


_DAMAGES: tuple[Callable[[bytes, Sequence[bytes], Random], bytes], ...] = (
    _flip_bits,
    _cut,
    _splice,
    _repeat_lines,
    _shuffle_lines,
    _put_huge_number,
    _insert,
    _blow_up,
)
