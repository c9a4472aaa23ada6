"""Real handshakes: which are refused, and which certificate they show."""

import ssl
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.stream_limits import StreamLimits
from registrar_plugin.hosts.tls import CertificateFiles, TlsCertificate, load_context
from tests.peers.certificates import make_certificate
from tests.peers.installed import installed
from tests.registrar_plugin.hosts.site import Site, StreamPhone, loopback


def unverifying() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def shown_certificate(phone: StreamPhone) -> bytes | None:
    assert isinstance(phone.socket, ssl.SSLSocket)
    return phone.socket.getpeercert(binary_form=True)


def pem(files: CertificateFiles) -> bytes:
    return ssl.PEM_cert_to_DER_cert(files.certificate.read_text())


def test_a_new_certificate_is_shown_to_the_next_phone_and_the_others_stay_connected(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    old = pem(files)
    with Site(loopback(Transport.TLS), certificate=files) as site, StreamPhone(site.at[0], tls=unverifying()) as first:
        assert shown_certificate(first) == old
        new = pem(make_certificate(tmp_path))
        with StreamPhone(site.at[0], tls=unverifying()) as second:
            assert shown_certificate(second) == new != old
            assert second.register().startswith(b"SIP/2.0 200 OK\r\n")
        assert first.register().startswith(b"SIP/2.0 200 OK\r\n")


def test_a_half_renewed_certificate_leaves_the_old_one_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = make_certificate(tmp_path)
    certificate = TlsCertificate(files)
    context = certificate.context()
    other = tmp_path / "other"
    other.mkdir()
    other_files = make_certificate(other)
    other_files.certificate.replace(files.certificate)
    assert [certificate.context() is context for _ in range(3)] == [True] * 3
    assert [record.message for record in caplog.records] == ["new certificate cannot be used, the old one stays"]
    other_files.key.replace(files.key)
    assert certificate.context() is not context


def test_files_that_are_gone_for_a_moment_leave_the_old_certificate(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    certificate = TlsCertificate(files)
    context = certificate.context()
    files.key.unlink()
    assert certificate.context() is context


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_tls_below_1_2_is_refused(tmp_path: Path) -> None:
    context = unverifying()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with Site(loopback(Transport.TLS), certificate=make_certificate(tmp_path)) as site:
        with pytest.raises(ssl.SSLError):
            StreamPhone(site.at[0], tls=context)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with StreamPhone(site.at[0], tls=context) as phone:
            assert isinstance(phone.socket, ssl.SSLSocket)
            assert phone.socket.version() == "TLSv1.2"


def test_plain_sip_at_the_tls_port_is_closed(tmp_path: Path) -> None:
    with (
        Site(loopback(Transport.TLS), certificate=make_certificate(tmp_path)) as site,
        StreamPhone(site.at[0]) as phone,
    ):
        phone.send(phone.request())
        assert phone.is_closed_by_peer()


def test_a_handshake_that_never_comes_is_given_up(tmp_path: Path) -> None:
    limits = StreamLimits(handshake=timedelta(milliseconds=200))
    with (
        Site(loopback(Transport.TLS), certificate=make_certificate(tmp_path), limits=limits) as site,
        StreamPhone(site.at[0]) as phone,
    ):
        assert phone.is_closed_by_peer()


def test_a_key_of_another_certificate_is_named(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    mixed = CertificateFiles(files.certificate, make_certificate(other).key)
    with pytest.raises(OSError, match="KEY_VALUES_MISMATCH") as caught:
        load_context(mixed)
    assert caught.value.filename == str(files.certificate)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    files.key.unlink()
    with pytest.raises(FileNotFoundError) as caught:
        load_context(files)
    assert caught.value.filename == str(files.key)


def test_a_key_with_a_passphrase_is_refused_without_asking(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    locked = CertificateFiles(files.certificate, tmp_path / "locked.pem")
    command = [
        installed("openssl"),
        "pkey",
        "-in",
        str(files.key),
        "-aes256",
        "-passout",
        "pass:x",
        "-out",
        str(locked.key),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    with pytest.raises(OSError, match="no PEM certificate with its unencrypted key"):
        load_context(locked)


def test_a_tls_listener_without_a_certificate_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="certificate"):
        Site(loopback(Transport.TLS))
