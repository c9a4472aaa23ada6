"""The window: until when new phones are let in, where discovery is closed or has its hours."""

from datetime import datetime
from pathlib import Path

from autoprov.atomic_file import replace_file
from autoprov.settings.settings import Settings
from autoprov_web.discovery import WINDOW_FILE_NAME, Discovery

_FILE_MODE = 0o644  # no secret, and the web server has to read it whoever opened the window


def open_window(settings: Settings, *, until: datetime) -> None:
    """Let new phones in until then; another window is replaced.

    Raises:
        OSError: the file cannot be written.
    """
    replace_file(_file(settings), f"{until.timestamp():.0f}\n".encode(), mode=_FILE_MODE)


def close_window(settings: Settings) -> None:
    """Close it, if one is open.

    Raises:
        OSError: the file cannot be removed.
    """
    _file(settings).unlink(missing_ok=True)


def window_words(until: datetime, *, now: datetime) -> str:
    """When it closes, by the local clock, and how long that is: ``2026-11-22 18:00:00 CET (2 h 0 min left)``."""
    minutes = max(0, round((until - now).total_seconds() / 60))
    hours, minutes = divmod(minutes, 60)
    left = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return f"{until.astimezone():%Y-%m-%d %H:%M:%S %Z} ({left} left)"


def discovery_of(settings: Settings) -> Discovery:
    """Whether and until when new phones are let in, as the phone-facing path sees it."""
    return Discovery(settings.access.discovery, settings.access.schedule, directory=str(settings.web_directory))


def window_until(settings: Settings, *, now: datetime) -> datetime | None:
    """When the window closes; None where none is open."""
    until = discovery_of(settings).window_until(now=now.timestamp())
    return None if until is None else datetime.fromtimestamp(until, now.tzinfo)


def _file(settings: Settings) -> Path:
    return settings.web_directory / WINDOW_FILE_NAME
