"""Whether our bootstrap file still lies in the roots of TFTP and FTP servers into which we wrote it."""

import pwd
from collections.abc import Iterator
from datetime import datetime

from autoprov.boot_root.boot_root import RootReport, RootState, look
from autoprov.boot_root.error import BootRootError
from autoprov.boot_root.records import read_records
from autoprov.checks.finding import Finding, Level
from autoprov.compile_site import compile_site
from autoprov.os_errors import os_error_words
from autoprov.settings.settings import Settings
from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_names import BOOTSTRAP_FILE_NAME


def check_boot_roots(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """A finding for each boot root, and one more where its backup is lost."""
    try:
        records = read_records(settings.state_directory)
    except (BootRootError, OSError) as error:
        reason = os_error_words(error) if isinstance(error, OSError) else str(error)
        yield Finding(Level.WRONG, "which boot roots we wrote into cannot be read", reason)
        return
    if not records:
        return
    try:
        wanted = compile_site(settings, now=now).documents["bootstrap"]
    except PhoneFileError:  # check_site says so
        return
    for root, record in records.items():
        report = look(root, record, wanted)
        yield _finding(report)
        if report.trouble and report.state is not RootState.UNREADABLE:
            mend = "'autoprov bootstrap remove' cannot restore what was there before us: put your own copy of it there"
            yield Finding(Level.WARNING, f"{root}: {report.trouble}", mend)


def _finding(report: RootReport) -> Finding:
    file = report.root / BOOTSTRAP_FILE_NAME
    again = f"autoprov bootstrap write {report.root}"
    match report.state:
        case RootState.CURRENT:
            return Finding(Level.OK, f"{file} is ours and current")
        case RootState.OUTDATED:
            return Finding(Level.WARNING, f"{file} is ours, but older than the settings", again)
        case RootState.MISSING:
            return Finding(Level.WRONG, f"{file} is gone: phones that boot there do not come to us", again)
        case RootState.UNREADABLE:
            mend = "see what stands there, or run this as a user who may read it"
            return Finding(Level.WARNING, f"{file} cannot be read: {report.trouble}", mend)
        case RootState.OVERWRITTEN:
            return Finding(Level.WRONG, _overwritten(report), _mend_overwritten(report))


def _overwritten(report: RootReport) -> str:
    assert report.found is not None
    assert report.maker is not None
    when = f"{report.found.changed_at:%Y-%m-%d %H:%M} UTC"
    return (
        f"{report.root / BOOTSTRAP_FILE_NAME} was overwritten ({when}, owner {_user_name(report.found.owner)}) by what "
        f"looks like a file of {report.maker}: phones that boot there do not come to us"
    )


def _mend_overwritten(report: RootReport) -> str:
    return (
        f"switch off what writes it there, then: autoprov bootstrap write {report.root} --replace; "
        f"or leave it in charge: autoprov bootstrap remove {report.root} --force"
    )


def _user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
