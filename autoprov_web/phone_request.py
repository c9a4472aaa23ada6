"""A phone's HTTP request, as far as an answer depends on it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhoneRequest:
    """*path* is percent-decoded, bytes beyond ASCII as Latin-1 (PEP 3333); *address* is the peer's IP address.

    Nothing in it has been checked: whoever reaches the port wrote it.
    """

    method: str
    path: str
    user_agent: str
    address: str


def file_name(path: str, *, prefix: str) -> str | None:
    """The name of the one file that *path* asks for below *prefix*; None where it names none, or a deeper one.

    Doubled slashes count as one: phones join a base that ends in ``/`` with a name that begins with it.
    """
    segments = [segment for segment in path.split("/") if segment]
    folder = [segment for segment in prefix.split("/") if segment]
    if segments[:-1] != folder or not segments:
        return None
    return segments[-1]
