"""Hooks for Kamailio's embedded Python that are written carelessly, and what they leave behind."""

import subprocess
from pathlib import Path

from tests.peers.installed import installed
from tests.peers.kamailio import Kamailio

_FORM = """\
import os
import time

_FOLDER = {folder!r}
{head}

def note(name, text):
    with open(os.path.join(_FOLDER, name), "a") as notes:
        notes.write(f"{{text}}\\n")


class Hook:
    def child_init(self, rank):
        {child_init}
        return 1

    def on_register(self, message):
        note("calls", "called")
        {body}


def mod_init():
    return Hook()
"""
WAIT = "while not os.path.exists(os.path.join(_FOLDER, 'go')): time.sleep(0.01)"
"""Until the test makes a file ``go``."""


def careless(folder: Path, body: str, *, head: str = "", child_init: str = "pass") -> Path:
    """A hook that notes each call, and then does this; ``note`` writes a line into a file of *folder*."""
    hook = folder / "careless_hook.py"
    lines = body.replace("\n", "\n        ")
    hook.write_text(_FORM.format(folder=str(folder), body=lines, head=head, child_init=child_init), "utf-8")
    return hook


def notes(folder: Path, name: str = "calls") -> list[str]:
    """What was noted."""
    noted = folder / name
    return noted.read_text("utf-8").splitlines() if noted.exists() else []


def errors(pbx: Kamailio) -> str:
    """What Kamailio complains of."""
    log = (pbx.folder / "log").read_text("utf-8", "replace")
    return "\n".join(line for line in log.splitlines() if "ERROR" in line)


def is_kamailio_5_6() -> bool:
    """Whether what was measured with 5.6 alone is to be seen."""
    said = subprocess.run([installed("kamailio"), "-v"], capture_output=True, text=True, check=True).stdout
    return "kamailio 5.6" in said
