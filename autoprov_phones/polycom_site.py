"""All documents of a site that its Polycom phones fetch, made before any phone asks; what differs by phone are slots.

``bootstrap``       the master file with whole URLs, for boot servers anywhere
``bootstrap-own``   the master file with names alone, for a phone that boots from its own directory
``registration``    the unassigned phone's one registration
``site``            the overlay, without what is secret: for any phone that may ask
``site-own``        the whole overlay: for a phone that has shown who it is

The last three exist once more with ``-3``, for firmware before UC Software 3.3. Each of the overlay's may stand there
again for one model, as ``site.vvx_410`` and ``site-3.vvx_410``.

A phone takes the first that it finds of each parameter, from left to right in CONFIG_FILES. The registration stands
before the overlay, so that no slip in an operator's file keeps a phone from registering or from fetching files again.
"""

from collections.abc import Mapping, Sequence

from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_document import write_document
from autoprov_phones.polycom_files import Registration, registration_file
from autoprov_phones.polycom_master import MAC_VARIABLE, bootstrap_file
from autoprov_phones.polycom_names import REGISTRATION, REGISTRATION_3, SITE
from autoprov_phones.polycom_overlay import Overlay, Parameter, effective_parameters, parameter_groups
from autoprov_phones.polycom_registration_3 import ROOT as OLD_ROOT
from autoprov_phones.polycom_registration_3 import registration_file_3
from autoprov_phones.requested_file import OWN_DIRECTORY

UNIQUE_ID_SLOT = "@@UNIQUE_ID@@"
TAG_SLOT = "@@TAG@@"
MAC_SLOT = "@@MAC@@"
PASSWORD_SLOT = "@@PASSWORD@@"  # noqa: S105 - where one goes
OWN_SLOT = "@@OWN@@"
"""The name of the phone's own directory."""
_ANY_MODEL = ""
_ROOTS = {"": "polycomConfig", "-3": OLD_ROOT}


def compile_polycom(
    *, phone_url: str, registration: Registration, own_directories: bool, overlay: Overlay
) -> dict[str, bytes]:
    """The documents by name; *registration* has slots where phones differ.

    *own_directories*: every phone learns its own directory with its registration, and boots from there.

    Raises:
        PhoneFileError: a value that no phone file can carry, or a list of names longer than a phone reads.
    """
    own = f"{phone_url}/{OWN_DIRECTORY}/{OWN_SLOT}" if own_directories else None
    return {
        **_bootstraps(phone_url),
        "registration": registration_file(registration, own_directory=own),
        "registration-3": registration_file_3(registration),
        **_site_documents(overlay),
    }


def check_phone_url(phone_url: str) -> None:
    """Whether phones can read the names that begin with this base URL.

    Raises:
        PhoneFileError: they are too long, or hold a character that CONFIG_FILES cannot carry.
    """
    _bootstraps(phone_url)


def _bootstraps(phone_url: str) -> Mapping[str, bytes]:
    return {"bootstrap": _bootstrap(f"{phone_url}/"), "bootstrap-own": _bootstrap("")}


def _bootstrap(base: str) -> bytes:
    site = f"{base}{MAC_VARIABLE}{SITE}"
    return bootstrap_file(
        config_files=[f"{base}{MAC_VARIABLE}{REGISTRATION}", site],
        old_config_files=[f"{base}{MAC_VARIABLE}{REGISTRATION_3}", site],
    )


def _site_documents(overlay: Overlay) -> Mapping[str, bytes]:
    documents: dict[str, bytes] = {}
    for model in (_ANY_MODEL, *sorted(overlay.models)):
        taken = [each.parameter for each in effective_parameters(overlay, model)]
        shown = [each for each in taken if not each.is_secret]
        of_model = f".{model}" if model else ""
        for form, root in _ROOTS.items():
            documents[f"site{form}{of_model}"] = _site_document(root, shown)
            documents[f"site-own{form}{of_model}"] = _site_document(root, taken)
    return documents


def _site_document(root: str, parameters: Sequence[Parameter]) -> bytes:
    try:
        return write_document(root, {}, parameter_groups(parameters))
    except ValueError as error:
        raise PhoneFileError(f"the overlay cannot be written: {error}") from error
