"""Which phone a factory certificate proves the request to come from. Edge: has OpenSSL's command verify it.

Apache's part is the TLS handshake: whoever sent the certificate holds its key. Its verdict on the certificate
(``SSL_CLIENT_VERIFY``) is not used: where expired ones are let through (``apache/autoprov-mtls.conf``), mod_ssl says
``SUCCESS`` from a connection's second request on, whoever issued the certificate. Seen with Apache 2.4.71.
"""

from __future__ import annotations

import os

from autoprov_phones.mac import MacAddress, MacSyntaxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

OFF = "off"
VALID = "valid"
EXPIRED_TOO = "expired-too"

_OPENSSL = "/usr/bin/openssl"
_VERIFY = (_OPENSSL, "verify", "-purpose", "sslclient", "-no-CApath", "-no-CAstore", "-CAfile")
_LONGEST_PEM = 32_768
"""Less than a pipe holds, so that writing it waits for nobody. Factory certificates have two thousand bytes."""


def proven_mac(environ: Mapping[str, str], *, certificates: str, certificate_ca: str) -> MacAddress | None:
    """The MAC that the client's genuine certificate names (CN, phones 1.7), if the path holds it too.

    *environ* has mod_ssl's variables, which no client can set: its headers all begin with ``HTTP_``. *certificates*
    says which ones count (``off``, ``valid``, ``expired-too``), *certificate_ca* is the file with the makers'
    certificates, all that are needed up to the root. Whatever goes wrong proves nothing.
    """
    certificate = environ.get("SSL_CLIENT_CERT", "")
    if certificates not in (VALID, EXPIRED_TOO) or not 0 < len(certificate) <= _LONGEST_PEM:
        return None
    try:
        mac = MacAddress.parse(environ.get("SSL_CLIENT_S_DN_CN", ""))
    except MacSyntaxError:
        return None
    if str(mac) not in environ.get("PATH_INFO", "").lower():
        return None  # no file of this phone's: nothing to prove, and nothing to pay for
    checks_time = certificates == VALID
    return mac if _is_issued_by(certificate_ca, certificate, checks_time=checks_time) else None


def _is_issued_by(certificate_ca: str, certificate: str, *, checks_time: bool) -> bool:
    """Whether the certificate (PEM) leads to one of those in the file *certificate_ca*."""
    arguments = (*_VERIFY, certificate_ca, *(() if checks_time else ("-no_check_time",)))
    read_end, write_end = os.pipe()
    try:
        os.write(write_end, certificate.encode("latin-1", "replace"))
    finally:
        os.close(write_end)
    try:
        process = os.posix_spawn(
            _OPENSSL,
            arguments,
            {"LC_ALL": "C"},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, read_end, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
        )
        _, status = os.waitpid(process, 0)
    except OSError:  # no openssl here, or no process to be had
        return False
    finally:
        os.close(read_end)
    return os.waitstatus_to_exitcode(status) == 0
