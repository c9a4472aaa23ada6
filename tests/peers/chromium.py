"""A real browser, headless: what a person would see of a page."""

import subprocess
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.peers.installed import installed

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def rendered_page(url: str, *, after: timedelta = timedelta(0)) -> str:
    """The document as it stands after the page's scripts ran, as HTML; timers up to *after* fire without a wait."""
    budget = [f"--virtual-time-budget={after // timedelta(milliseconds=1)}"] if after else []
    return _run("--dump-dom", *budget, url)


def screenshot(url: str, file: Path, *, width: int = 1280, height: int = 800, dark: bool = False) -> None:
    """A PNG of the page as a window of that size shows it."""
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    _run(f"--screenshot={file}", f"--window-size={width},{height}", *scheme, url)


def _run(*arguments: str) -> str:
    program = installed("chromium")
    with TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        run = subprocess.run(
            [program, *_OPTIONS, f"--user-data-dir={profile}", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout
