"""SIPp as a phone without a line that tries to call somebody."""

import subprocess
from pathlib import Path

from tests.peers.installed import installed

_FORM = Path(__file__).with_name("sipp") / "invite.xml"
_TIMEOUT_SECONDS = 30


def call(number: str, *, pbx: tuple[str, int], password: str, expected: int, folder: Path) -> str:
    """Call *number*; ``""`` if the PBX answered with *expected*, else what SIPp said. It writes into *folder*."""
    scenario = folder / "invite.xml"
    form = _FORM.read_text("ascii").replace("@@NUMBER@@", number).replace("@@PASSWORD@@", password)
    scenario.write_text(form.replace("@@STATUS@@", str(expected)), "ascii")
    command = [installed("sipp"), f"{pbx[0]}:{pbx[1]}", "-sf", str(scenario), "-m", "1", "-i", "127.0.0.1"]
    command += ["-nostdin", "-trace_err", "-error_file", "errors.log", "-timeout", f"{_TIMEOUT_SECONDS}s"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=2 * _TIMEOUT_SECONDS, check=False, errors="replace"
    )
    errors = folder / "errors.log"
    said = errors.read_text(errors="replace") if errors.exists() else done.stdout[-3000:] + done.stderr
    return "" if done.returncode == 0 else f"sipp ended with {done.returncode}: {said}"
