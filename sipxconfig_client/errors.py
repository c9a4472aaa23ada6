"""What can go wrong with the config system; each class says who acts next."""


class Unreachable(Exception):
    """No sipXconfig answered, or it failed in a way that may pass: we retry.

    Its text is for the operator. *in_doubt*: the request may have been carried out although no answer says so.
    """

    def __init__(self, reason: str, *, in_doubt: bool = False) -> None:
        super().__init__(reason)
        self.in_doubt = in_doubt


class NotSpoken(Unreachable):
    """What answered does not speak as was thought: a stranger, or sipXconfig was exchanged. It is probed anew."""


class Refused(Exception):
    """The config system will not take this record, today or tomorrow: a person must look. Its text says why."""


class NotOffered(Refused):
    """This generation of sipXconfig has no way to do or to tell that: a person looks at its own pages."""


class AccessDenied(Exception):
    """401 or 403: the credentials in the settings are wrong, or belong to nobody with the administrator's role."""
