"""Certificates of our own, made by OpenSSL's command line."""

import subprocess
from pathlib import Path

from registrar_plugin.hosts.tls import CertificateFiles
from tests.peers.installed import installed


def make_certificate(folder: Path, *, name: str = "localhost") -> CertificateFiles:
    """A fresh self-signed one for *name* and the loopback addresses; the files have the same names each time."""
    files = CertificateFiles(folder / "tls.pem", folder / "tls-key.pem")
    command = [installed("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext"]
    command += [f"subjectAltName=DNS:{name},IP:127.0.0.1,IP:::1", "-keyout", str(files.key), "-out"]
    subprocess.run([*command, str(files.certificate)], check=True, capture_output=True, timeout=60)
    return files
