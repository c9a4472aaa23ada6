"""What a phone file cannot hold."""


class PhoneFileError(ValueError):
    """A value does not fit into a phone file: the message names the field, never the value."""
