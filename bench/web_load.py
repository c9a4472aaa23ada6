"""Load for web servers: wrk on connections that are kept, ab on one for each request."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

CONNECTIONS = 8
Names = Sequence[tuple[str, bool]]
"""Files to ask for in turn, and whether they are there."""
_IN_TURN = """local paths = {PATHS}
local each = EACH
local turn = 0
request = function()
  turn = turn % #paths + 1
  local phone = math.floor((turn - 1) / each)
  local address = string.format("10.1.%d.%d", phone / 256, phone % 256)
  return wrk.format("GET", paths[turn], {["X-Forwarded-For"] = address})
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What was answered: requests in all and in a second, and how long half of them took at most, in milliseconds."""

    requests: int
    per_second: float
    p50: float
    p99: float


def keep_asking(url: str, *, names: Names, names_of_a_phone: int, seconds: float) -> Load:
    """wrk's, connections kept; so many of *names*, below *url*, are a phone's, which has an address of its own."""
    paths = ", ".join(f'"/{name}"' for name, _ in names)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_IN_TURN.replace("PATHS", paths).replace("EACH", str(names_of_a_phone)))
        script.flush()
        patience = ["-d", f"{seconds:.0f}s", "--timeout", "20s"]
        said = _said(["wrk", "-t", "1", "-c", str(CONNECTIONS), *patience, "--latency", "-s", script.name, url])
    requests = int(_number(r"(\d+) requests in", said))
    missing = _number(r"Non-2xx or 3xx responses: (\d+)", said) if "Non-2xx" in said else 0
    expected = requests * [is_there for _, is_there in names].count(False) / len(names)
    if "Socket errors" in said or abs(missing - expected) > names_of_a_phone:
        raise RuntimeError(f"{url}: {said}")
    return Load(
        requests,
        _number(r"Requests/sec: *([\d.]+)", said),
        _milliseconds("50%", said),
        _milliseconds("99%", said),
    )


def ask_anew(url: str, *, requests: int) -> Load:
    """ab's, a connection for each request."""
    said = _said(["ab", "-q", "-n", str(requests), "-c", str(CONNECTIONS), url])
    if "Non-2xx" in said or _number(r"Failed requests: *(\d+)", said):
        raise RuntimeError(f"{url}: {said}")
    p50, p99 = (_number(rf"^ *{percent}% *(\d+)", said) for percent in (50, 99))
    return Load(requests, _number(r"Requests per second: *([\d.]+)", said), p50, p99)


def _said(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout  # noqa: S603


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"no {pattern!r} in {text!r}")
    return float(found[1])


def _milliseconds(percent: str, text: str) -> float:
    found = re.search(rf"{percent} +([\d.]+)(us|ms|s)", text)
    if found is None:
        raise RuntimeError(f"no {percent} in {text!r}")
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]
