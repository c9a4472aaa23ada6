"""Our files as Debian's Apache reads them: in its own layout, each alone."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.apache.edges import Edges
from tests.peers.apache import ROOT, Apache
from tests.peers.certificates import make_certificate
from tests.peers.installed import installed

DEBIAN = Path("/etc/apache2/apache2.conf")
MODULES = ("asis", "auth_digest", "cgid", "headers", "proxy", "proxy_http", "rewrite", "socache_shmcb", "ssl", "wsgi")
"""What README.md has the administrator enable."""
WAYS = ("cgi", "wsgi", "proxy")


def check(text: str, folder: Path) -> str:
    """What ``apachectl configtest`` says of Debian's configuration with *text* as a site of it."""
    if not DEBIAN.exists():
        pytest.skip("not Debian's layout: no /etc/apache2/apache2.conf")
    site = folder / "site.conf"
    site.write_text(text, encoding="utf-8")
    loads = [f"/etc/apache2/mods-available/{name}" for name in MODULES]
    enabled = {path.stem for path in Path("/etc/apache2/mods-enabled").glob("*.load")}
    arguments = [
        argument
        for name, load in zip(MODULES, loads, strict=True)
        for argument in (["-c", f"Include {load}.load"] if name not in enabled else [])
    ]
    # After Debian's own files, as sites-enabled is.
    command = [installed("apache2"), "-t", *arguments, "-c", f"Include {site}"]
    variables = {"APACHE_RUN_USER": "www-data", "APACHE_RUN_GROUP": "www-data", "APACHE_LOG_DIR": str(folder)}
    variables |= {"APACHE_RUN_DIR": str(folder), "APACHE_LOCK_DIR": str(folder), "APACHE_PID_FILE": str(folder / "pid")}
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, timeout=30, check=False)
    lines = [line for line in done.stderr.splitlines() if "AH00558" not in line]  # this machine's host name
    return "\n".join(lines)


def the_site(folder: Path) -> str:
    """apache/autoprov.conf with what an administrator fills in."""
    text = (ROOT / "apache" / "autoprov.conf").read_text(encoding="utf-8")
    return text.replace("/opt/autoprov", str(ROOT)).replace("/var/log/apache2", str(folder))


def test_the_site_is_clean_with_https(tmp_path: Path) -> None:
    made = make_certificate(tmp_path)
    text = the_site(tmp_path).replace("/etc/ssl/certs/autoprov.pem", str(made.certificate))
    text = text.replace("/etc/ssl/private/autoprov.key", str(made.key))
    text = text.replace("/etc/apache2/polycom-ca.pem", str(made.certificate)).replace("#Define", "Define")
    text = text.replace(
        '#Include "${AUTOPROV_CODE}/apache/autoprov-mtls', 'Include "${AUTOPROV_CODE}/apache/autoprov-mtls'
    )
    assert check(f"Define AUTOPROV_HTTPS\n{text}", tmp_path) == "Syntax OK"


@pytest.mark.parametrize("way", WAYS)
def test_the_site_is_clean_with_each_of_the_three_ways(tmp_path: Path, way: str) -> None:
    chosen = f'Include "${{AUTOPROV_CODE}}/apache/autoprov-{way}.conf"'
    text = the_site(tmp_path).replace('Include "${AUTOPROV_CODE}/apache/autoprov-cgi.conf"', chosen)
    assert text.count(chosen) >= 2
    assert check(text, tmp_path) == "Syntax OK"


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "apache").glob("autoprov-*.conf")))
@pytest.mark.parametrize("more", ["", "Define AUTOPROV_DIGEST\nDefine AUTOPROV_EXPIRED_CERTIFICATES\n"])
def test_each_file_is_clean(tmp_path: Path, name: str, more: str) -> None:
    certificate = make_certificate(tmp_path)
    defines = {
        "AUTOPROV_CODE": ROOT,
        "AUTOPROV_SITE": tmp_path / "site.compiled",
        "AUTOPROV_PATH": "/phones/",
        "AUTOPROV_LOG": tmp_path / "log",
        "AUTOPROV_CERTIFICATE": certificate.certificate,
        "AUTOPROV_CERTIFICATE_KEY": certificate.key,
        "AUTOPROV_MAKERS_CA": certificate.certificate,
        "AUTOPROV_PASSWORDS": tmp_path / "passwords",
    }
    text = "".join(f'Define {key} "{value}"\n' for key, value in defines.items()) + more
    text += "WSGIDaemonProcess autoprov\n<VirtualHost *:80>\n"
    text += f'Include "{ROOT}/apache/{name}"\n</VirtualHost>\n'
    assert check(text, tmp_path) == "Syntax OK"


def test_it_serves_from_the_root_of_a_host_too(server: Apache) -> None:
    root = Edges({"root": server.url("root")})
    assert root.ask("root", "/000000000000.cfg").status == 200
    assert root.ask("root", "/none").body == b"no such file\n"


def test_apache_has_nothing_to_complain_of(server: Apache) -> None:
    # AH01882: mod_ssl is younger than this machine's OpenSSL. AH01906: the tests' certificate signs itself.
    noise = ("AH01882", "AH01906", "AH01909")
    told = [line for line in server.log("error").splitlines() if ":warn]" in line or ":alert]" in line]
    assert [line for line in told if not any(code in line for code in noise)] == []
    assert server.log("start") == ""
