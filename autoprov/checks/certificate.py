"""What ``autoprov check`` says of the registrar's certificate."""

from collections.abc import Iterator

from autoprov.checks.finding import Finding, Level
from autoprov.os_errors import os_error_words
from autoprov.settings.settings import Settings
from registrar_plugin.hosts.tls import load_context


def check_certificate(settings: Settings) -> Iterator[Finding]:
    """Whether a TLS handshake could use the files; nothing where none are named."""
    files = settings.registrar.certificate
    if files is None:
        return
    try:
        load_context(files)
    except OSError as error:
        mend = "see [registrar] tls_certificate and tls_key: PEM, the key unencrypted and readable for the user of 'up'"
        yield Finding(Level.WRONG, f"the registrar's certificate cannot be used: {os_error_words(error)}", mend)
    else:
        yield Finding(Level.OK, f"the registrar's certificate can be used: {files.certificate}")
