"""The registrar's certificate, which may be renewed while it runs."""

import logging
import ssl
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """PEM files: the certificate with the chain that leads to its CA, and its private key without a passphrase."""

    certificate: Path
    key: Path


def load_context(files: CertificateFiles) -> ssl.SSLContext:
    """What a TLS handshake needs, TLS 1.2 at least; phones are not asked for a certificate.

    Raises:
        OSError: a file cannot be read, or the two do not belong together; the text says which.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for file in (files.certificate, files.key):
        file.open("rb").close()  # OpenSSL would not say which of them is not there
    try:
        context.load_cert_chain(files.certificate, files.key, password=_no_passphrase)
    except ssl.SSLError as error:
        reason = f"no PEM certificate with its unencrypted key {files.key}: {error.reason or error}"
        raise OSError(error.errno, reason, str(files.certificate)) from error
    return context


class TlsCertificate:
    """Gives each handshake the newest certificate: the files are looked at before each, and read when they changed.

    Files that cannot be used, such as a key that is not replaced yet, leave the certificate as it was.

    Raises:
        OSError: at construction, as ``load_context``.
    """

    def __init__(self, files: CertificateFiles) -> None:
        self._files = files
        self._stamp = _stamp(files)
        self._context = load_context(files)

    def context(self) -> ssl.SSLContext:
        """For the next handshake."""
        stamp = _stamp(self._files)
        if stamp != self._stamp:
            self._stamp = stamp
            self._reload()
        return self._context

    def _reload(self) -> None:
        facts = {"certificate": str(self._files.certificate)}
        try:
            self._context = load_context(self._files)
        except OSError as error:
            logger.warning("new certificate cannot be used, the old one stays", extra={**facts, "reason": str(error)})
        else:
            logger.info("certificate reloaded", extra=facts)


def _no_passphrase() -> str:
    """Asked by OpenSSL, which else would ask the terminal."""
    return ""


def _stamp(files: CertificateFiles) -> tuple[tuple[int, int, int], ...]:
    """Something that changes with the files; a file that is gone has none."""
    stamps: list[tuple[int, int, int]] = []
    for file in (files.certificate, files.key):
        try:
            status = file.stat()
        except OSError:
            continue
        stamps.append((status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(stamps)
