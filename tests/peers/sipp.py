"""SIPp as a building full of phones."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.peers.installed import installed

_SCENARIOS = Path(__file__).with_name("sipp")
_TIMEOUT_SECONDS = 60


def register_phones(
    tags: Sequence[str], *, registrar: tuple[str, int], user: str, password: str, folder: Path, rate: int = 50
) -> str:
    """Let one phone for each tag register, *rate* new ones a second; what SIPp said, ``""`` if all were accepted.

    SIPp writes its files into *folder*.
    """
    credentials = f"[authentication username={user} password={password}]"
    rows = ["SEQUENTIAL", *(f"{tag};{credentials}" for tag in tags)]
    (folder / "phones.csv").write_text("\n".join(rows) + "\n", "ascii")
    command = [installed("sipp"), f"{registrar[0]}:{registrar[1]}", "-sf", str(_SCENARIOS / "register.xml")]
    command += ["-inf", "phones.csv", "-m", str(len(tags)), "-r", str(rate), "-i", "127.0.0.1", "-nostdin"]
    command += ["-trace_err", "-error_file", "errors.log", "-timeout", f"{_TIMEOUT_SECONDS}s"]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS + 20,
        check=False,
        errors="replace",
    )
    errors = folder / "errors.log"
    said = errors.read_text(errors="replace") if errors.exists() else done.stdout[-3000:] + done.stderr
    return "" if done.returncode == 0 else f"sipp ended with {done.returncode}: {said}"
