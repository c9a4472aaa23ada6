"""What keeps us from a boot root."""


class BootRootError(Exception):
    """The boot root was left as it was; the message says why, and what to do. A person acts."""
