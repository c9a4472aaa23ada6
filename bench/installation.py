"""The installation that the measured registrars serve."""

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import issue_phone_tag

USER = "~~id~autoprovision"
PASSWORD = "s3cret"  # noqa: S105 - of a registrar that lives for seconds on loopback
KEY = b"the key of a measured installation"


def phone_tags(count: int) -> list[str]:
    """The tags of this installation's first *count* phones."""
    return [str(issue_phone_tag(MacAddress(f"0004f2{number:06x}"), key=KEY, length=6)) for number in range(count)]
