"""The demo's exit code, where its phones do not do their part."""

import subprocess
import sys
from pathlib import Path

DEMO = """
import sys
from autoprov.demo import demo
demo.PATIENCE_SECONDS = float(sys.argv[1])
sys.exit(demo.run_demo(once=True, verbose=False))
"""
NEVER_BOOTS = "import sys; sys.stdin.read()"
UNPLUGGED_AFTER_REGISTERING = """
import os, sys
os.execv(
    sys.executable, [sys.executable, "-P", "-m", "simulated_phone", *sys.argv[1:], "--exit-after", "registered"]
)
"""


def demo_with_phones(folder: Path, program: str, *, patience: float) -> "subprocess.CompletedProcess[str]":
    """The demo run where ``python -m simulated_phone`` finds *program*."""
    package = folder / "simulated_phone"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(program)
    return subprocess.run(
        [sys.executable, "-P", "-c", DEMO, str(patience)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_demo_fails_where_the_rows_do_not_come(tmp_path: Path) -> None:
    result = demo_with_phones(tmp_path, NEVER_BOOTS, patience=1)
    assert "Not all three phones came to the page" in result.stdout
    assert result.returncode == 1, result.stderr


def test_the_demo_fails_where_the_assigned_phone_does_not_come_up_with_its_line(tmp_path: Path) -> None:
    result = demo_with_phones(tmp_path, UNPLUGGED_AFTER_REGISTERING, patience=8)
    assert "All three rows were on the page" in result.stdout
    assert "did not come up with its line" in result.stdout
    assert result.returncode == 1, result.stderr
