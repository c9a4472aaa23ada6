"""The register plug-in, built against our own headers, and a host that loads it as the registrar does."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.peers.installed import installed

ROOT = Path(__file__).resolve().parent.parent.parent.parent
SOURCE = ROOT / "contrib" / "sipxecs"
PLUGIN = SOURCE / "autoprov_register_plugin.cpp"
REGISTRAR = Path(__file__).with_name("registrar")
USER = "~~id~sipXprovision"
CALL = "@@CALL@@"
"""Stands in a message where the host writes a Call-ID of its own for each call."""
_PATIENCE_SECONDS = 100


@dataclass(frozen=True, slots=True)
class Timing:
    """Of all calls of takeAction, in nanoseconds."""

    longest: int
    mean: int


@dataclass(frozen=True, slots=True)
class BuiltPlugin:
    """The library, and the host that calls it."""

    library: Path
    host: Path

    def called(
        self,
        socket: Path,
        message: bytes,
        *,
        user: str = USER,
        threads: int = 1,
        calls: int = 1,
        is_faulty: bool = False,
    ) -> Timing:
        """Call takeAction so often in each thread; *is_faulty*: the message throws whatever it is asked."""
        file = self.host.with_name(f"{socket.name}.register")
        file.write_bytes(message)
        command = [str(self.host), str(self.library), str(socket), user, str(threads), str(calls), str(file)]
        done = subprocess.run(
            [*command, *(["throw"] if is_faulty else [])], capture_output=True, check=True, timeout=_PATIENCE_SECONDS
        )
        longest, mean = done.stdout.split()
        return Timing(int(longest), int(mean))


def compile_plugin(library: Path, *, standard: str) -> str:
    """Build the library by itself; what the compiler has to say of it."""
    command = [installed("g++"), f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-O1", "-fPIC", "-shared"]
    done = subprocess.run(
        [*command, "-I", REGISTRAR, PLUGIN, "-o", library], capture_output=True, text=True, timeout=_PATIENCE_SECONDS
    )
    return done.stderr


def build(folder: Path) -> BuiltPlugin:
    """Both, in *folder*."""
    built = BuiltPlugin(folder / "libautoprovregisterplugin.so", folder / "registrar")
    complaints = compile_plugin(built.library, standard="gnu++98")
    assert complaints == ""
    command = [installed("g++"), "-std=gnu++98", "-Wall", "-Wextra", "-Werror", "-rdynamic", "-I", str(REGISTRAR)]
    subprocess.run(
        [*command, str(REGISTRAR / "registrar.cpp"), "-ldl", "-lpthread", "-o", str(built.host)],
        check=True,
        timeout=_PATIENCE_SECONDS,
    )
    return built
