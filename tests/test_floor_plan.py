"""Imports point downstairs (docs/how-it-flows.md, "Floors")."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP = {"autoprov"}
ROOMS = {"registrar_plugin", "autoprov_worker", "autoprov_web", "autoprov_console", "sipxconfig_server"}
SERVICES = {"autoprov_queue", "autoprov_sightings", "sipxconfig_client"}
GROUND = {"autoprov_phones"}
PEERS = {"simulated_phone"}
PRODUCT = TOP | ROOMS | SERVICES | GROUND

MAY_IMPORT = {
    **dict.fromkeys(TOP, ROOMS | SERVICES | GROUND | PEERS),
    **dict.fromkeys(ROOMS, SERVICES | GROUND),
    **dict.fromkeys(SERVICES, GROUND),
    **{name: set[str]() for name in GROUND | PEERS},
}

LIBRARIES = {
    "autoprov": {"click", "requests", "rich", "sqlalchemy", "waitress"},
    "autoprov_console": {"flask", "werkzeug"},
    "autoprov_phones": {"lxml"},
    "autoprov_queue": {"sqlalchemy"},
    "autoprov_sightings": {"sqlalchemy"},
    "registrar_plugin": {"lxml"},
    "sipxconfig_client": {"requests", "lxml"},
    "sipxconfig_server": {"flask", "sqlalchemy", "lxml", "werkzeug"},
}


def imported_packages(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that a reader sees the floor"
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("package", sorted(PRODUCT | PEERS))
def test_a_package_imports_only_from_lower_floors(package: str) -> None:
    allowed = MAY_IMPORT[package] | LIBRARIES.get(package, set()) | {package} | set(sys.stdlib_module_names)
    modules = sorted((ROOT / package).rglob("*.py"))
    strays = [
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules
        for name in imported_packages(module.read_text(encoding="utf-8"))
        if name not in allowed
    ]
    assert modules
    assert strays == []


def test_every_package_has_its_floor() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages == PRODUCT | PEERS


def test_the_rule_would_catch_an_import_that_points_upstairs() -> None:
    assert "autoprov_worker" in set(imported_packages("from autoprov_worker.worker import Worker"))
    assert "autoprov_worker" not in MAY_IMPORT["autoprov_queue"] | MAY_IMPORT["autoprov_console"]
