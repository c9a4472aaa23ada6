"""An authority that issues phones' certificates, valid and expired ones, by OpenSSL's command line."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.peers.installed import installed

_CONFIG = """[ca]
default_ca = this
[this]
database = {folder}/issued
serial = {folder}/serial
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca-key.pem
default_md = sha256
default_days = 2
policy = subject
unique_subject = no
[subject]
organizationName = optional
commonName = supplied
"""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """The two files that a client loads."""

    certificate: Path
    key: Path


class Authority:
    """Keeps its files in *folder*; ``certificate`` is what those trust who trust it."""

    def __init__(self, folder: Path, *, name: str) -> None:
        folder.mkdir()
        self._folder = folder
        self.certificate = folder / "ca.pem"
        (folder / "issued").touch()
        (folder / "serial").write_text("01\n")
        (folder / "ca.cnf").write_text(_CONFIG.format(folder=folder))
        _openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/O=Polycom Inc./CN={name}",
            "-keyout", str(folder / "ca-key.pem"), "-out", str(self.certificate),
        )  # fmt: skip

    def issue(self, common_name: str, *, is_expired: bool = False, usage: str = "clientAuth") -> ClientCertificate:
        """A certificate such as a phone brings from the factory: its *common_name* is the MAC address."""
        base = self._folder / f"{common_name}-{usage}{'-expired' if is_expired else ''}"
        made = ClientCertificate(base.with_suffix(".pem"), base.with_suffix(".key"))
        request = str(base.with_suffix(".csr"))
        subject = f"/O=Polycom Inc./CN={common_name}"
        _openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", str(made.key), "-out", request)
        extensions = base.with_suffix(".ext")
        extensions.write_text(f"extendedKeyUsage = {usage}\n")
        validity = ["-startdate", "20100101000000Z", "-enddate", "20200101000000Z"] if is_expired else []
        _openssl(
            "ca", "-batch", "-notext", "-config", str(self._folder / "ca.cnf"), *validity,
            "-extfile", str(extensions), "-in", request, "-out", str(made.certificate),
        )  # fmt: skip
        return made


def _openssl(*arguments: str) -> None:
    subprocess.run([installed("openssl"), *arguments], check=True, capture_output=True, timeout=60)
