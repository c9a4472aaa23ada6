"""SIPp as one phone that registers, stays, and answers a NOTIFY outside any dialog."""

import subprocess
from pathlib import Path
from types import TracebackType
from xml.sax.saxutils import quoteattr

from tests.peers.installed import installed

_SCENARIOS = Path(__file__).with_name("sipp")


class SippPhone:
    """Registers with *password*; a NOTIFY gets 200, with *asks_for* only once its sender has proved that password.

    *transport* is SIPp's word: ``u1`` or ``t1``. SIPp writes its files into *folder*. A context manager.
    """

    def __init__(
        self,
        tag: str,
        *,
        registrar: tuple[str, int],
        user: str,
        password: str,
        folder: Path,
        transport: str = "u1",
        asks_for: str | None = None,
    ) -> None:
        host, port = registrar
        (folder / "phone.csv").write_text(
            f"SEQUENTIAL\n{tag};[authentication username={user} password={password}]\n", "ascii"
        )
        answering = _SCENARIOS / "answer_notify.xml"
        if asks_for is not None:
            form = (_SCENARIOS / "challenge_notify.xml").read_text("ascii")
            answering = folder / "challenge_notify.xml"
            answering.write_text(form.replace('"@@PASSWORD@@"', quoteattr(asks_for)), "ascii")
        command = [installed("sipp"), f"{host}:{port}", "-sf", str(_SCENARIOS / "register_and_stay.xml")]
        command += ["-oocsf", str(answering), "-inf", "phone.csv", "-m", "1", "-t", transport]
        command += ["-i", "127.0.0.1", "-nostdin"]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet)

    def __enter__(self) -> "SippPhone":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
