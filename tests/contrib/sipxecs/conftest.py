import pytest

from tests.contrib.sipxecs.built import BuiltPlugin, build


@pytest.fixture(scope="session")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> BuiltPlugin:
    return build(tmp_path_factory.mktemp("plugin"))
