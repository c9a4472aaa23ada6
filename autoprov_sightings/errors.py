"""What keeps the timeline from being read."""


class SightingsUnavailable(Exception):
    """The file cannot be read now; the reader says so and tries again later."""
