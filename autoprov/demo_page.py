"""The demo as the superadmin: it looks at the page and presses its buttons, over HTTP like any browser."""

from collections.abc import Sequence

import requests
from lxml import html

from autoprov_phones.mac import MacAddress

_TIMEOUT_SECONDS = 10
