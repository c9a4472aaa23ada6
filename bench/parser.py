"""How many REGISTERs a second are parsed, beside sippy and the standard library's ``email.parser``.

sippy parses a header when it is asked for, so it is asked for those that our ``Request`` holds. ``email.parser`` only
parts names from values: it is the floor, not a rival.
"""

from collections.abc import Callable, Sequence
from email.parser import BytesParser
from statistics import median

from sippy.SipRequest import SipRequest

from bench.figures import Figure, cpu_seconds_in_turn, median_ratio, print_figures
from bench.messages import of_one_installation, of_strangers
from registrar_plugin.sip.request import parse_request

_ROUNDS = 15


def measure() -> list[Figure]:
    """Messages per second on one core, median of the rounds."""
    streams = {
        "phones that refresh": of_one_installation(500),  # the parser remembers them from the round before
        "phones that boot": of_one_installation(2500),  # more than it remembers: all are new to it
        "strangers": of_strangers(2500),
    }
    return [figure for name, messages in streams.items() for figure in _measure(name, messages)]


def _measure(name: str, messages: Sequence[bytes]) -> list[Figure]:
    parsers = {"ours": parse_request, "sippy": _sippy, "email": _email}
    jobs = {peer: _reading(messages, parse) for peer, parse in parsers.items()}
    seconds = cpu_seconds_in_turn(jobs, rounds=_ROUNDS)
    rate = {peer: f"{len(messages) / median(taken):,.0f}/s" for peer, taken in seconds.items()}
    what = f"REGISTERs parsed, {name}"
    return [
        Figure(what, rate["ours"], f"sippy {rate['sippy']}", median_ratio(seconds["sippy"], seconds["ours"]), ">= 2"),
        Figure(what, rate["ours"], f"email.parser {rate['email']}", median_ratio(seconds["email"], seconds["ours"])),
    ]


def _reading(messages: Sequence[bytes], parse: Callable[[bytes], object]) -> Callable[[], None]:
    def read_all() -> None:
        for message in messages:
            parse(message)

    return read_all


def _sippy(data: bytes) -> None:
    request = SipRequest(data.decode())
    request.getHFBodys("via")
    request.getHFBodys("from")
    request.getHFBodys("to")
    request.getHFBodys("cseq")
    request.getHFBodys("call-id")
    request.getHFBodys("contact")
    request.getHFBodys("expires")
    request.getHFBodys("user-agent")


def _email(data: bytes) -> None:
    BytesParser().parsebytes(data.partition(b"\n")[2])


if __name__ == "__main__":
    print_figures("Parser", measure())
