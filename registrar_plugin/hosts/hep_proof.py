"""What proves that a mirrored REGISTER was accepted, where its mirror does not show whose answer is whose."""

from dataclasses import dataclass, field

from registrar_plugin.sip.digest import parse_credentials
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.message import Headers


@dataclass(frozen=True, slots=True)
class PhonesAccount:
    """The account of un-provisioned phones at the PBX: their *user*, and the *passwords* that phones may still have.

    We gave phones the password, so what the PBX rightly accepts we can check too. Its nonce we do not know: who
    overheard a REGISTER can repeat its digest.
    """

    user: str
    passwords: tuple[str, ...] = field(repr=False)

    def is_proven_by(self, headers: Headers) -> bool:
        """Whether the sender of this REGISTER knew a password of the account."""
        for text in headers.all("authorization"):
            try:
                credentials = parse_credentials(text)
            except SipSyntaxError:
                continue
            if any(credentials.is_made_with(password, method="REGISTER") for password in self.passwords):
                return True
        return False
