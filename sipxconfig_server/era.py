"""The four generations of sipXconfig, by what they speak (contract 0)."""

from enum import Enum


class Era(Enum):
    """A: 4.2 and 4.4. B: 4.6.0. C: 4.6.0-update-001 to 14.04. D: 14.10 and later."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def has_new_api(self) -> bool:
        """Whether anything is served under ``/sipxconfig/api``."""
        return self is Era.D

    @property
    def takes_version(self) -> bool:
        """Whether the old REST knows ``<version>``; where it does not, it refuses the whole request for it."""
        return self in (Era.C, Era.D)

    @property
    def has_internal_port(self) -> bool:
        """Whether there is a port that asks for no credentials."""
        return self is not Era.A
