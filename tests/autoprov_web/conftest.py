from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_web.web_settings import WebSettings


@pytest.fixture
def settings(tmp_path: Path) -> WebSettings:
    return WebSettings(
        phone_url="http://192.168.7.2:8480",
        spool_directory=tmp_path,
        key=b"k" * 32,
        unique_id_length=6,
        autoprovision_user="~~id~autoprovision",
        registrar_host="192.168.7.2",
        registrar_port=5066,
        snapshot_max_age=timedelta(minutes=15),
        retry_after=timedelta(seconds=30),
    )
