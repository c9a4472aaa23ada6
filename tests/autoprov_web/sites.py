"""Compiled sites, as the settings of tests make them."""

from pathlib import Path

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_files import Registration
from autoprov_phones.polycom_overlay import Overlay
from autoprov_phones.polycom_site import PASSWORD_SLOT, TAG_SLOT, UNIQUE_ID_SLOT, compile_polycom
from autoprov_phones.spool_entry import SNAPSHOT_FILE_NAME, PhoneState, SpoolEntry, spool_file_name
from autoprov_web.access import Access
from autoprov_web.site import Site

KEY = b"k" * 32
MAC = MacAddress("0004f2abcdef")
NOW = 1_772_366_400.0  # 2026-03-01 12:00:00 UTC
PHONE_URL = "http://192.168.7.2:8480"
OWN_FILES = {f"{MAC}.cfg": b"<APPLICATION/>", f"{MAC}-lines.cfg": b"<polycomConfig/>"}
ASSIGNED = SpoolEntry(PhoneState.ASSIGNED, 0, OWN_FILES)
ASSIGNED_ELSEWHERE = SpoolEntry(PhoneState.ASSIGNED)
UNASSIGNED = SpoolEntry(PhoneState.UNASSIGNED, 3)


def open_access(directory: Path, **rules: object) -> Access:
    """Private networks, discovery open, limits that no test meets by chance."""
    defaults: dict[str, object] = {
        "directory": str(directory),
        "networks": ("127.0.0.0/8", "192.168.0.0/16"),
        "requests_per_minute": 100_000,
        "macs_per_hour": 50,
    }
    return Access(**(defaults | rules))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - checked by Access


def a_site(
    directory: Path,
    *,
    access: Access | None = None,
    overlay: Overlay | None = None,
    password: str = PASSWORD_SLOT,
    serve_own_files: bool = True,
    path_prefix: str = "/",
    unique_id_length: int = 6,
) -> Site:
    """A site in *directory*, which the spool shares with it; compiled ten minutes ago."""
    registration = Registration(
        address="~~id~autoprovision",
        auth_user="~~id~autoprovision",
        password=password,
        label=UNIQUE_ID_SLOT,
        display_name=TAG_SLOT,
        server_host="192.168.7.2",
        server_port=5066,
    )
    return Site(
        directory=str(directory),
        spool_directory=str(directory),
        key=KEY,
        unique_id_length=unique_id_length,
        path_prefix=path_prefix,
        snapshot_max_age=900,
        retry_after=30,
        serve_own_files=serve_own_files,
        certificates="off",
        certificate_ca="",
        compiled_at=int(NOW) - 600,
        access=open_access(directory) if access is None else access,
        documents=compile_polycom(
            phone_url=PHONE_URL,
            registration=registration,
            own_directories=serve_own_files,
            overlay=Overlay() if overlay is None else overlay,
        ),
    )


def put_snapshot(directory: Path, taken_at: float) -> None:
    """What the worker writes when it has seen all phones of the config system."""
    (directory / SNAPSHOT_FILE_NAME).write_text(f"{int(taken_at)}\n")


def put_entry(directory: Path, entry: SpoolEntry, mac: MacAddress = MAC) -> None:
    """What the worker writes of one phone."""
    (directory / spool_file_name(mac)).write_bytes(entry.to_bytes())
