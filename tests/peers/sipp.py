"""SIPp as a building full of phones."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.peers.installed import installed

_SCENARIOS = Path(__file__).with_name("sipp")
_TIMEOUT_SECONDS = 60


def register_phones(
    phones: Mapping[str, str],
    *,
    registrar: tuple[str, int],
    user: str,
    folder: Path,
    rate: int = 50,
    transport: str = "u1",
) -> str:
    """Let all phones register, *rate* new ones a second; what SIPp said, ``""`` if all were accepted.

    *phones* are the passwords by phone tag. *transport* is SIPp's word: ``u1`` or ``t1`` for one UDP or TCP socket of
    all phones, ``tn`` for a connection of each. SIPp writes its files into *folder*.
    """
    rows = ["SEQUENTIAL"]
    rows += [f"{tag};[authentication username={user} password={password}]" for tag, password in phones.items()]
    (folder / "phones.csv").write_text("\n".join(rows) + "\n", "ascii")
    command = [installed("sipp"), f"{registrar[0]}:{registrar[1]}", "-sf", str(_SCENARIOS / "register.xml")]
    command += ["-inf", "phones.csv", "-m", str(len(phones)), "-r", str(rate), "-i", "127.0.0.1", "-nostdin"]
    command += ["-t", transport, "-max_socket", "1000"]
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
