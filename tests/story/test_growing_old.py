"""What we know of the config system grows old: from a certain age on it is no knowledge."""

from contextlib import ExitStack
from pathlib import Path

from tests.peers.config_system import ADMIN, config_system
from tests.story.site import site, tables

STRANGER = "0004f2abcdef.cfg"


def test_a_stranger_is_asked_to_wait_once_the_last_snapshot_is_older_than_the_settings_allow(tmp_path: Path) -> None:
    with ExitStack() as config_system_runs:
        url = config_system_runs.enter_context(config_system(tmp_path)).base_url
        given = tables(
            config_system={"kind": "sipxconfig", "url": url, "user_name": ADMIN.user_name, "timeout": "1s"},
            web={"snapshot_max_age": "4s"},
            worker={"snapshot_every": "1s"},
        )
        with site(tmp_path, given, config_password=ADMIN.password) as running:
            running.wait_until_served(STRANGER, 404)
            config_system_runs.close()
            answer = running.wait_until_served(STRANGER, 503)
    assert "Retry-After" in answer.headers
