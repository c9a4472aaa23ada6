"""The two files of a sipXecs that we read, in a folder of a test's own."""

from pathlib import Path

USER = "~~id~sipXprovision"
PASSWORD = "k3Yf0aZp9Q"
DOMAIN = "example.org"


def write_sipxecs_files(folder: Path) -> dict[str, object]:
    """Write them as sipXconfig does, and say where they are in the words of ``[sipxecs]``."""
    provision, domain = folder / "sipxprovision-config", folder / "domain-config"
    provision.write_text(
        "log.level=NOTICE\nprovision.servlet.port=8185\n"
        f"provision.username=   {USER}\nprovision.password={PASSWORD}\n"
        f"provision.configUrl=http://192.0.2.1:12001\nprovision.sipxchangeDomainName=   {DOMAIN}\n",
        encoding="latin-1",
    )
    domain.write_text(
        f"SIP_DOMAIN_NAME :      {DOMAIN}\nSIP_DOMAIN_ALIASES :    192.0.2.1    Sipx.{DOMAIN}\n"
        f"SIP_REALM : {DOMAIN}\nSHARED_SECRET :          aGVsbG8=\n",
        encoding="latin-1",
    )
    return {"provision_config": str(provision), "domain_config": str(domain)}
