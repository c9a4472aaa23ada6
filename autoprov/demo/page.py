"""The demo as the superadmin: looks at the page and presses its button, over HTTP like any browser."""

from collections.abc import Collection

import requests

from autoprov_phones.mac import MacAddress

_TIMEOUT_SECONDS = 10


def unassigned_page(console_url: str) -> str:
    """What the page shows under ``- unassigned -``; empty while it says that it cannot tell."""
    answer = requests.get(f"{console_url}/", params={"filter": "unassigned"}, timeout=_TIMEOUT_SECONDS)
    return answer.text if answer.ok else ""


def shows_all(page: str, phones: Collection[tuple[str, MacAddress]]) -> bool:
    """Whether each phone's row is there: the ID that its screen shows, and in the same row its MAC."""
    rows = page.split("<tr")
    return all(any(label and label in row and mac.hex in row for row in rows) for label, mac in phones)


def assign_user(console_url: str, mac: MacAddress, user: str) -> None:
    """Fill in the form of this phone's row and send it.

    Raises:
        requests.RequestException: the page did not take it.
    """
    requests.post(
        f"{console_url}/phones/{mac}/line",
        data={"kind": "user", "user": user},
        headers={"Origin": console_url},
        timeout=_TIMEOUT_SECONDS,
        allow_redirects=False,
    ).raise_for_status()
