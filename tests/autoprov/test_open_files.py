import subprocess
import sys

import pytest

SCRIPT = """
import resource
from autoprov.open_files import allow_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, (256, {hard}))
allow_open_files({count})
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(("hard", "count", "allowed"), [(2000, 1000, 1000), (500, 1000, 500), (2000, 100, 256)])
def test_the_soft_limit_is_raised_as_far_as_the_hard_one_allows(hard: int, count: int, allowed: int) -> None:
    script = SCRIPT.format(hard=hard, count=count)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) == allowed
    assert ("fewer open files" in done.stderr) == (allowed == hard)
