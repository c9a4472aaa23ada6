"""The compiled site: all that the phone-facing path is told, in one file that costs a CGI little to read.

``autoprov compile`` (and ``up``) makes it of the settings; ``autoprov_phones.record`` has its form.
"""

from __future__ import annotations

from autoprov_phones.record import MAX_BYTES, RecordSyntaxError, read_number, read_record, write_record
from autoprov_web.access import Access
from autoprov_web.issued_values import IssuedMemory
from autoprov_web.spool_reader import read_small_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC = b"autoprov-site 1"
SITE_FILE_NAME = "site.compiled"
DOCUMENTS = (
    *("bootstrap", "bootstrap-own", "registration", "registration-3"),
    *("site", "site-own", "site-3", "site-own-3"),
)
"""What every site has; for one model, each of the ``site`` kinds may stand there once more, with ``.<model>``."""
_ACCESS = "access."


class SiteUnusable(Exception):
    """There is no compiled site that could be used; the message says what to do."""


class Site:
    """*documents* are the phones' files by name, with slots; *compiled_at* and the ages are in seconds.

    *directory* is where the web server may write (fetches, limits), *spool_directory* where the worker writes. *key* is
    the installation's, from which unique IDs, SIP passwords and own directories come. *serve_own_files*: an assigned
    phone's files are ours to serve. *certificates* is ``off``, ``valid`` or ``expired-too``, *certificate_ca* the
    makers' file.
    """

    __slots__ = (
        "access",
        "certificate_ca",
        "certificates",
        "compiled_at",
        "directory",
        "documents",
        "issued",
        "key",
        "path_prefix",
        "retry_after",
        "serve_own_files",
        "snapshot_max_age",
        "spool_directory",
        "unique_id_length",
    )

    def __init__(
        self,
        *,
        directory: str,
        spool_directory: str,
        key: bytes,
        unique_id_length: int,
        path_prefix: str,
        snapshot_max_age: int,
        retry_after: int,
        serve_own_files: bool,
        certificates: str,
        certificate_ca: str,
        compiled_at: int,
        access: Access,
        documents: Mapping[str, bytes],
    ) -> None:
        self.directory = directory
        self.spool_directory = spool_directory
        self.key = key
        self.unique_id_length = unique_id_length
        self.path_prefix = path_prefix
        self.snapshot_max_age = snapshot_max_age
        self.retry_after = retry_after
        self.serve_own_files = serve_own_files
        self.certificates = certificates
        self.certificate_ca = certificate_ca
        self.compiled_at = compiled_at
        self.access = access
        self.documents = documents
        self.issued = IssuedMemory(key=key, length=unique_id_length)

    def to_bytes(self) -> bytes:
        """The file's content; ``from_bytes`` reads it back.

        Raises:
            RecordSyntaxError: a value that the form cannot carry.
        """
        fields = {
            "directory": self.directory,
            "spool_directory": self.spool_directory,
            "key": self.key.hex(),
            "unique_id_length": str(self.unique_id_length),
            "path_prefix": self.path_prefix,
            "snapshot_max_age": str(self.snapshot_max_age),
            "retry_after": str(self.retry_after),
            "serve_own_files": "yes" if self.serve_own_files else "no",
            "certificates": self.certificates,
            "certificate_ca": self.certificate_ca,
            "compiled_at": f"{self.compiled_at:x}",
        }
        fields |= {_ACCESS + name: value for name, value in self.access.to_fields().items()}
        return write_record(MAGIC, fields, self.documents)

    @classmethod
    def from_bytes(cls, data: bytes) -> Site:
        """Read a compiled site.

        Raises:
            SiteUnusable: the only exception, whatever *data* holds.
        """
        try:
            fields, documents = read_record(MAGIC, data)
            if missing := [name for name in DOCUMENTS if name not in documents]:
                raise SiteUnusable(f"is of another version, without {missing[0]!r}; make it anew: autoprov compile")
            of_access = {name[len(_ACCESS) :]: value for name, value in fields.items() if name.startswith(_ACCESS)}
            return cls(
                directory=fields["directory"],
                spool_directory=fields["spool_directory"],
                key=bytes.fromhex(fields["key"]),
                unique_id_length=read_number(fields["unique_id_length"]),
                path_prefix=fields["path_prefix"],
                snapshot_max_age=read_number(fields["snapshot_max_age"]),
                retry_after=read_number(fields["retry_after"]),
                serve_own_files=fields["serve_own_files"] == "yes",
                certificates=fields["certificates"],
                certificate_ca=fields["certificate_ca"],
                compiled_at=int(fields["compiled_at"], 16),
                access=Access.from_fields(of_access, directory=fields["directory"]),
                documents=documents,
            )
        except KeyError as error:
            raise SiteUnusable(f"is of another version, without {error}; make it anew: autoprov compile") from error
        except (RecordSyntaxError, ValueError) as error:
            raise SiteUnusable(f"{error}; make it anew: autoprov compile") from error


def read_site(path: str) -> Site:
    """The compiled site in the file *path*.

    Raises:
        SiteUnusable: it is not there, cannot be read, or is damaged.
    """
    try:
        data, _ = read_small_file(path, MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise SiteUnusable(f"{path} is not there; make it: autoprov compile") from error
    except OSError as error:
        raise SiteUnusable(f"{path} cannot be read: {error.strerror}") from error
    try:
        return Site.from_bytes(data)
    except SiteUnusable as error:
        raise SiteUnusable(f"{path} {error}") from error
