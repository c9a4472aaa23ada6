"""The pages and snippets of the hosts: whole, and of one form."""

from pathlib import Path

import pytest
from lxml import etree

from autoprov.checks.host_settings import EMBEDDED, HOSTS

ROOT = Path(__file__).parents[2]
OUTLINE = ("## What you change", "## What you see", "## How to take it out")
PAGES = [name for name in HOSTS if name != EMBEDDED]


@pytest.mark.parametrize("name", PAGES)
def test_each_host_has_a_page_with_the_same_outline(name: str) -> None:
    text = (ROOT / "docs" / "hosts" / f"{name}.md").read_text("utf-8")
    assert [text.count(heading) for heading in OUTLINE] == [1, 1, 1]
    assert [text.index(heading) for heading in OUTLINE] == sorted(text.index(heading) for heading in OUTLINE)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_says_what_a_phone_without_a_line_may_call(name: str) -> None:
    assert "emergency" in (ROOT / "docs" / "hosts" / f"{name}.md").read_text("utf-8").lower()


def test_the_table_of_hosts_leads_to_each_page() -> None:
    table = (ROOT / "docs" / "hosts" / "README.md").read_text("utf-8")
    assert [name for name in PAGES if f"]({name}.md)" not in table] == []


@pytest.mark.parametrize("file", sorted((ROOT / "contrib" / "freeswitch").iterdir()), ids=lambda file: file.name)
def test_freeswitchs_snippets_are_well_formed(file: Path) -> None:
    etree.fromstring(b"<snippet>" + file.read_bytes() + b"</snippet>")
