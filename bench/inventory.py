"""What the embedded inventory's answers cost with 10,000 phones, beside the same with 100: the server's CPU alone."""

import tracemalloc
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flask.testing import FlaskClient

from bench.figures import Figure, cpu_seconds_in_turn, median_ratio, print_figures
from sipxconfig_server.app import create_app
from sipxconfig_server.authentication import AdminAccount
from sipxconfig_server.records import PhoneRecord, User
from sipxconfig_server.store import Inventory

_MANY = 10_000
_FEW = 100
_ROUNDS = 30
_API = "/sipxconfig/api/phones"


_PATHS: Mapping[str, Callable[[int], str]] = {
    "a phone by MAC": lambda phones: f"{_API}/{_serial(phones - 1)}",
    "a MAC that is not there": lambda _: f"{_API}/64167fffffff",
    "the last page of 50": lambda phones: f"{_API}?start={phones - 50}&limit=50",
    "the last page of unassigned ones": lambda phones: f"{_API}?unassigned=true&start={phones // 2 - 50}&limit=50",
}


def measure() -> list[Figure]:
    """CPU of one request, median of the rounds; of the whole list also the memory that it takes at most."""
    with _server(_FEW) as few, _server(_MANY) as many:
        return [
            *(_compare(what, few, many) for what in _PATHS),
            _list_all(few, many),
        ]


def _compare(what: str, few: FlaskClient, many: FlaskClient) -> Figure:
    path = _PATHS[what]
    jobs = {"many": _asking(many, path(_MANY)), "few": _asking(few, path(_FEW))}
    seconds = cpu_seconds_in_turn(jobs, rounds=_ROUNDS)
    ours, peer = (f"{median(seconds[name]) * 1000:.1f} ms" for name in ("many", "few"))
    return Figure(f"{what}, of {_MANY:,}", ours, f"of {_FEW} {peer}", median_ratio(seconds["many"], seconds["few"]))


def _list_all(few: FlaskClient, many: FlaskClient) -> Figure:
    (seconds,) = cpu_seconds_in_turn({"all": lambda: _read(many)}, rounds=3).values()
    size, peak = _peak(many)
    few_peak = _peak(few)[1]
    ours = f"{median(seconds):.1f} s, {size / 1e6:.1f} MB, holding {peak / 1e6:.2f} MB"
    return Figure(f"the list of all {_MANY:,}", ours, f"of {_FEW} holding {few_peak / 1e6:.2f} MB", peak / few_peak)


def _peak(client: FlaskClient) -> tuple[int, int]:
    _read(client)  # what is loaded once is not the list's
    tracemalloc.start()
    size = _read(client)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return size, peak


def _read(client: FlaskClient) -> int:
    answer = client.get(_API, buffered=False)
    size = sum(len(piece) for piece in answer.iter_encoded())
    answer.close()
    return size


def _asking(client: FlaskClient, path: str) -> Callable[[], object]:
    return lambda: client.get(path).data


def _serial(number: int) -> str:
    return f"64167f{number:06x}"


@contextmanager
def _server(phones: int) -> Generator[FlaskClient]:
    """An inventory of as many phones, every second with a line."""
    with TemporaryDirectory() as folder, closing(Inventory(Path(folder) / "inventory.sqlite")) as inventory:
        inventory.add_user("200", display_name="Ann", sip_password="secret")  # noqa: S106 - nobody's
        for number in range(phones):
            phone_id = inventory.add_phone(PhoneRecord(_serial(number), "polycomVVX410", "polycom5.4.3", "found"))
            if number % 2:
                inventory.add_line(phone_id, User("200", "", ""), max_lines=2)
        admin = AdminAccount("superadmin", "")
        app = create_app(inventory, credentials=admin, realm="bench", sip_domain="bench.example", internal=True)
        yield app.test_client()


if __name__ == "__main__":
    print_figures("Inventory", measure())
