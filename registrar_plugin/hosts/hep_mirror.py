"""From mirrored datagrams to accepted registrations, sans I/O."""

import hmac
from datetime import datetime
from enum import Enum
from ipaddress import ip_address
from typing import assert_never

from registrar_plugin.hosts.hep_packet import HepError, HepFault, HepPacket, parse_packet
from registrar_plugin.hosts.hep_pairing import PairedRegister, RegisterPairing
from registrar_plugin.hosts.hep_proof import PhonesAccount
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings
from registrar_plugin.hosts.mirrored import accepted_registration
from registrar_plugin.hosts.phone_source import contact_source
from registrar_plugin.hosts.retransmissions import Retransmissions
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.message import Headers, read_message


class Unused(Enum):
    """Why a sound packet led to no registration, in words for the log."""

    STRANGER = "from a sender that is not listed"
    WRONG_KEY = "with a wrong authentication key, or none"
    UNREADABLE = "with SIP that cannot be read"
    NOT_FILTERED = "with other SIP, though the sender is said to filter: is [hep] mode everything?"
    WRAPPED = "with SIP wrapped in JSON; in OpenSIPS' proto_hep set homer5_on to 1"
    OTHER_SIP = "other SIP"
    NO_CREDENTIALS = "REGISTER without Authorization"
    HELD = "REGISTER that waits for its 200"
    UNPAIRED = "200 of a REGISTER that is not held"
    NOT_THE_REGISTRARS = "200 that the registrar did not send: somebody feigns to be registered"
    NOT_PROVEN = "200 of anybody's to a REGISTER without the password: somebody feigns to be registered"
    REPEATED = "retransmission"


NotUsed = Unused | HepFault
TROUBLE: tuple[NotUsed, ...] = (
    *HepFault,
    Unused.STRANGER,
    Unused.WRONG_KEY,
    Unused.UNREADABLE,
    Unused.NOT_FILTERED,
    Unused.WRAPPED,
    Unused.NOT_THE_REGISTRARS,
    Unused.NOT_PROVEN,
)
"""What does not happen where sender and listener fit together."""


class HepMirror:
    """Takes every datagram, whatever it holds; what it remembers is bounded.

    FreeSWITCH leaves IPv6 addresses out: then nothing tells the PBX's 200 from one that a phone sends it. A REGISTER of
    phones' *account* has to prove itself there; without an *account* it is believed.
    """

    def __init__(self, settings: HepSettings, *, account: PhonesAccount | None = None) -> None:
        self._settings = settings
        self._account = account
        self._pairing = RegisterPairing()
        self._retransmissions = Retransmissions()

    def take(self, data: bytes, sender: str, *, now: datetime) -> AcceptedRegistration | NotUsed:
        """The registration that this datagram completes, or why it completes none. *sender* is an IP address."""
        if not self._settings.hears(sender):
            return Unused.STRANGER
        try:
            packet = parse_packet(data)
        except HepError as error:
            return error.fault
        key = self._settings.key
        if key is not None and not hmac.compare_digest(packet.key, key):
            return Unused.WRONG_KEY
        try:
            return self._take_packet(packet, now)
        except SipSyntaxError:
            return Unused.UNREADABLE

    def _take_packet(self, packet: HepPacket, now: datetime) -> AcceptedRegistration | Unused:
        packet = packet._replace(payload=packet.payload.lstrip(b"\r\n"))  # §7.5
        if not packet.payload:
            return Unused.OTHER_SIP
        if packet.payload.startswith(b"{"):
            return Unused.WRAPPED
        is_register = packet.payload.startswith(b"REGISTER ")
        match self._settings.mode:
            case HepMode.FILTERED:
                if not is_register:
                    return Unused.NOT_FILTERED
                accepted = PairedRegister(packet.payload, packet.source, packet.sent_to, None, packet.ip_protocol)
                return self._accept(accepted, now)
            case HepMode.EVERYTHING:
                return self._take_request(packet, now) if is_register else self._take_answer(packet, now)
            case _ as never:
                assert_never(never)

    def _take_request(self, packet: HepPacket, now: datetime) -> Unused:
        is_held = self._pairing.take_request(
            packet.payload, packet.source, sent_to=packet.sent_to, now=now, ip_protocol=packet.ip_protocol
        )
        return Unused.HELD if is_held else Unused.NO_CREDENTIALS

    def _take_answer(self, packet: HepPacket, now: datetime) -> AcceptedRegistration | Unused:
        # Its CSeq names the method; most of a PBX's 200s are looked at no further.
        if not packet.payload.startswith(b"SIP/2.0 200 ") or b"REGISTER" not in packet.payload:
            return Unused.OTHER_SIP
        paired = self._pairing.take_answer(packet.payload, now=now)
        if paired is None:
            return Unused.UNPAIRED
        if not _is_way_back(packet, paired):
            return Unused.NOT_THE_REGISTRARS
        return self._accept(paired, now)

    def _accept(self, accepted: PairedRegister, now: datetime) -> AcceptedRegistration | Unused:
        headers = read_message(accepted.raw).headers
        is_left_out = ip_address(accepted.source[0]).is_unspecified  # as FreeSWITCH does with IPv6 addresses
        registration = accepted_registration(
            accepted.raw,
            source=contact_source(headers) if is_left_out else accepted.source,
            expires=accepted.granted,
            received_at=now,
            ip_protocol=accepted.ip_protocol,
        )
        if is_left_out and not self._is_believed(registration, headers):
            return Unused.NOT_PROVEN
        cseq = headers.first("cseq")
        return Unused.REPEATED if self._retransmissions.note(registration, cseq, now=now) else registration

    def _is_believed(self, registration: AcceptedRegistration, headers: Headers) -> bool:
        """Whether its sender knew the password, or it is of another user, whose registrations nobody here looks at."""
        account = self._account
        if account is None or self._settings.mode is HepMode.FILTERED or not registration.user.startswith(account.user):
            return True
        return account.is_proven_by(headers)


def _is_way_back(answer: HepPacket, paired: PairedRegister) -> bool:
    """Whether the 200 went from the registrar to the phone: what phones send, 200s that they forge, is mirrored too.

    One end is enough: a socket for all addresses may be told as 0.0.0.0, and some senders do not know where it goes.
    """
    return answer.source[0] == paired.sent_to or answer.sent_to == paired.source[0]
