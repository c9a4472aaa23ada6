"""Tells autoprov of accepted registrations from within Kamailio (app_python3): one datagram to a Unix socket.

It runs inside Kamailio's own Python, which is Debian's: nothing but the standard library may be imported here, and as
little of it as can be. A script that cannot be imported keeps Kamailio from starting; one that ends its process takes
all of Kamailio with it; one that waits keeps phones waiting; one that returns None breaks the next call (5.6). So this
one never waits, catches whatever goes wrong, and returns 1. What is lost comes back: a phone registers again before its
registration ends.
"""

import os
import socket

import KSR

SOCKET = os.environ.get("AUTOPROV_SOCKET", "/run/autoprov/plugin.sock")
_GO_ON = 1


class Hook:
    """One for each of Kamailio's processes."""

    def child_init(self, _rank):
        """A process of Kamailio begins."""
        return _GO_ON

    def on_register(self, message):
        """A REGISTER was accepted, and its 200 is on its way."""
        try:
            tell(message.src_address, raw_message())
        except Exception:
            return _GO_ON
        return _GO_ON


def mod_init():
    """Kamailio has loaded this file, and forks its workers next."""
    return Hook()


def raw_message():
    """The REGISTER's octets; a text that is not UTF-8 reaches Python as an error, which holds them."""
    try:
        return KSR.pv.get("$mb").encode()
    except UnicodeDecodeError as error:
        return error.object


def tell(source, message):
    """Send it, or drop it: nobody listening, no socket, a full one."""
    host, port = source
    head = f"AUTOPROV/1 {host} {port} -\n".encode()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.sendto(head + message, SOCKET)
