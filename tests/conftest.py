"""What holds for all tests."""

import os

from hypothesis import HealthCheck, settings

# Speed is measured in bench/, never in tests: a busy machine must not fail an example. CI tries the same examples each
# time, so that a red run is about the change; everywhere else they are new.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=os.environ.get("CI") == "true"
)
settings.load_profile("house")
