"""The REGISTER of a VVX, as captured: these headers, in this order."""

from dataclasses import dataclass
from datetime import timedelta

from simulated_phone.incoming import ALLOWED_METHODS
from simulated_phone.lines import Line
from simulated_phone.sip_messages import to_bytes


@dataclass(frozen=True, slots=True)
class Dialog:
    """What stays the same from REGISTER to REGISTER of one line during one boot (RFC 3261 section 10.2)."""

    line: Line
    contact_host: str
    contact_port: int
    call_id: str
    tag: str
    user_agent: str

    @property
    def request_uri(self) -> str:
        """The registrar, which is the digest URI, too; the port only where it is not SIP's own."""
        line = self.line
        port = "" if line.server_port == 5060 else f":{line.server_port}"
        return f"sip:{line.server_host}{port};transport=udp"

    @property
    def contact_uri(self) -> str:
        """Where the phone is reached."""
        return f"sip:{self.line.user}@{self.contact_host}:{self.contact_port};transport=udp"

    @property
    def _address_of_record(self) -> str:
        address = self.line.address
        return f"sip:{address}" if "@" in address else f"sip:{address}@{self.line.server_host}"

    @property
    def _from(self) -> str:
        escaped = self.line.display_name.replace("\\", "\\\\").replace('"', '\\"')
        display = f'"{escaped}" ' if escaped else ""
        return f"{display}<{self._address_of_record}>;tag={self.tag}"

    def register(self, *, cseq: int, branch: str, expires: timedelta, authorization: str | None) -> bytes:
        """One REGISTER; *expires* zero removes the binding."""
        proof = [] if authorization is None else [("Authorization", authorization)]
        return to_bytes(
            f"REGISTER {self.request_uri} SIP/2.0",
            [
                ("Via", f"SIP/2.0/UDP {self.contact_host}:{self.contact_port};branch={branch}"),
                ("From", self._from),
                ("To", f"<{self._address_of_record}>"),
                ("CSeq", f"{cseq} REGISTER"),
                ("Call-ID", self.call_id),
                ("Contact", f'<{self.contact_uri}>;methods="{ALLOWED_METHODS}"'),
                ("User-Agent", self.user_agent),
                ("Accept-Language", "en"),
                *proof,
                ("Max-Forwards", "70"),
                ("Expires", str(int(expires.total_seconds()))),
            ],
        )
