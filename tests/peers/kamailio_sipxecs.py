"""Kamailio as a sipXecs' registrar: it looks for a password as one does, refuses short registrations, tells of each."""

import re
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from tests.contrib.kamailio_in_process import HOOK, skip_without_python
from tests.peers.kamailio import Kamailio, kamailio
from tests.peers.reg_event_notifier import NotifiedContact, RegEventNotifier, reg_event_notifier

_TEMPLATE = Path(__file__).with_name("kamailio_sipxecs.cfg")
_LARGEST_DATAGRAM = 65_535


@contextmanager
def kamailio_as_sipxecs(
    folder: Path, *, user: str, password: str, domain: str, tells: Path | None = None
) -> Generator[Kamailio]:
    """It lets in whom sipXecs lets in as its provision *user*, and tells the socket *tells*; its files are there."""
    skip_without_python()
    hook, template = folder / "hook.py", folder / "sipxecs.cfg"
    hook.write_text(
        HOOK.read_text("utf-8").replace("/run/autoprov/plugin.sock", str(tells or folder / "nobody")), "utf-8"
    )
    text = _TEMPLATE.read_text("utf-8").replace("@HOOK@", str(hook))
    template.write_text(text.replace("@USER@", user).replace("@DOMAIN@", domain), "utf-8")
    with kamailio({user: password}, template=template) as pbx:
        yield pbx


@contextmanager
def reg_event_server_at(place: Path, *, address_of_record: str) -> Generator[RegEventNotifier]:
    """A sipXecs' reg-event server, for whom its registrar tells the socket *place*.

    Of a contact it tells the instrument: what stands behind the last ``/`` of the digest user.
    """
    with reg_event_notifier() as notifier, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind(str(place))

        def take() -> None:
            while data := ours.recv(_LARGEST_DATAGRAM):
                contact = re.search(rb"\r\nContact: <([^>]+)>", data)
                said = re.search(rb'\r\nAuthorization: .*username="(?:[^"]*/)?([^"]*)"', data)
                assert contact is not None
                assert said is not None
                notifier.register(address_of_record, NotifiedContact(contact[1].decode(), said[1].decode()))

        thread = Thread(target=take)
        thread.start()
        try:
            yield notifier
        finally:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
                other.sendto(b"", str(place))  # wakes the thread, and is its end
            thread.join()
