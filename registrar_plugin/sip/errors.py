"""The one error of everything under ``sip``."""


class SipSyntaxError(ValueError):
    """A message or a part of it is not the SIP of RFC 3261.

    *reason* is a reason phrase for the sender: what is wrong, in ASCII, never a copy of what was sent.
    *status* is the answer it deserves.
    """

    def __init__(self, reason: str, *, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
