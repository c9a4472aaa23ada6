"""sipXecs' own ID of an unassigned phone (contract 6.4): on its screen as soon as sipXecs renders that phone's profile.

Three characters made of the MAC address alone, so anybody can compute it, and many sites have it twice. It is written
down only to be found: our own ID is ``unique_id``.
"""

from collections.abc import Iterator

from autoprov_phones.mac import MacAddress

LENGTH = 3
ALPHABET = "ABFHJLMQRSTUVWXY12345678"
"""Chosen there to be distinct when spoken; their off-by-one leaves out the 9."""
_LONG = 2**64
_LONG_MAX = 2**63 - 1
_RANDOM_MASK = 2**48 - 1
_MULTIPLIER = 0x5DEECE66D
_INT_BITS = 31


def short_hash(mac: MacAddress) -> str:
    """The ID that sipXecs shows for this phone, such as ``HL2``."""
    numbers = _java_random(_seed(mac.hex), bound=len(ALPHABET))
    return "".join(ALPHABET[next(numbers)] for _ in range(LENGTH))[::-1]


def _seed(text: str) -> int:
    """A running product in Java's ``long``, which wraps; its remainder has the sign of what was divided."""
    seed = 1
    for character in text:
        product = _as_long(seed * ord(character))
        remainder = abs(product) % _LONG_MAX
        seed = _as_long(seed + (remainder if product >= 0 else -remainder))
    return seed


def _as_long(number: int) -> int:
    return (number + _LONG_MAX + 1) % _LONG - _LONG_MAX - 1


def _java_random(seed: int, *, bound: int) -> Iterator[int]:
    """What ``java.util.Random(seed).nextInt(bound)`` gives, call by call; *bound* is no power of two."""
    state = (seed ^ _MULTIPLIER) & _RANDOM_MASK
    while True:
        state = (state * _MULTIPLIER + 0xB) & _RANDOM_MASK
        bits = state >> (48 - _INT_BITS)
        number = bits % bound
        if bits - number + bound - 1 < 2**_INT_BITS:  # else it would be a number of the last, incomplete round
            yield number
