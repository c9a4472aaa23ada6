"""Which answer a phone gets: a function of its request, of what is known of its MAC, and of the site.

A working phone is never hijacked: Polycoms try ``000000000000.cfg`` after any failure of ``<mac>.cfg``, a hiccup
included, and come from there to the registration file. So a MAC that has a line gets its own line under that
name too if it proves that it is that phone, and 503 if not; a MAC of which we cannot say gets 503.
"""

from __future__ import annotations

from autoprov_phones.polycom_names import (
    LINES,
    MASTER,
    OVERRIDES,
    REGISTRATION,
    REGISTRATION_3,
    SITE,
    line_file_name,
    master_file_name,
)
from autoprov_phones.polycom_user_agent import document_model, polycom_software, reads_old_form_only
from autoprov_web.answer import Answer, not_found, phone_file, try_later
from autoprov_web.spool_reader import CannotTell, Known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress
    from autoprov_phones.requested_file import RequestedFile
    from autoprov_web.site import Site
    from autoprov_web.spool_reader import Knowledge

_NO_OVERRIDES = b"<PHONE_CONFIG><OVERRIDES/></PHONE_CONFIG>\n"
_UPLOADS = (".log", "-phone.cfg", "-web.cfg", "-directory.xml", "-calls.xml", "-user.cfg")


def is_upload(method: str, name: str) -> bool:
    """Whether a phone wants to leave one of its own files here (phones 1.2): log, overrides, directory, calls."""
    return method in ("PUT", "POST") and name.endswith(_UPLOADS)


def bootstrap(requested: RequestedFile, site: Site) -> Answer:
    """The file from which every phone learns where its registration file is; nothing in it is secret."""
    name = "bootstrap-own" if requested.token else "bootstrap"
    return phone_file(site.documents[name], verdict="bootstrap file", changed_at=site.compiled_at)


def phone_answer(
    requested: RequestedFile, mac: MacAddress, *, knowledge: Knowledge, user_agent: str, proven: bool, site: Site
) -> Answer:
    """The answer to a request for a file of one phone; *proven*: it has shown to be that phone."""
    if requested.suffix == OVERRIDES:
        # A refurbished phone's local settings, and its last owner's, must not win over the files (phones 1.2).
        return phone_file(_NO_OVERRIDES, verdict="no overrides", changed_at=site.compiled_at)
    if requested.suffix == SITE:
        return _overlay(user_agent, proven=proven, site=site)
    if requested.suffix not in (MASTER, REGISTRATION, REGISTRATION_3, LINES):
        return not_found()
    if isinstance(knowledge, CannotTell):
        return try_later(knowledge.doubt, retry_after=site.retry_after)
    if isinstance(knowledge, Known) and knowledge.entry.is_assigned:
        return _own_file(requested.suffix, mac, knowledge, proven=proven, site=site)
    if requested.suffix in (MASTER, LINES):
        return not_found("no line yet")
    return _registration(requested.suffix, mac, knowledge, user_agent=user_agent, site=site)


def _own_file(suffix: str, mac: MacAddress, known: Known, *, proven: bool, site: Site) -> Answer:
    if not site.serve_own_files:
        return try_later("assigned, the PBX has its files", retry_after=site.retry_after)
    if not proven:
        return try_later("assigned, and has not shown that it is this phone", retry_after=site.retry_after)
    name = master_file_name(mac) if suffix == MASTER else line_file_name(mac)
    content = known.entry.files.get(name)
    if content is None:
        return try_later("assigned, but its own file is not here", retry_after=site.retry_after)
    verdict = "own master file" if suffix == MASTER else "own line file"
    return phone_file(content, verdict=verdict, changed_at=known.changed_at)


def _registration(suffix: str, mac: MacAddress, knowledge: Knowledge, *, user_agent: str, site: Site) -> Answer:
    """The registration file of an unassigned phone, under whose ID it will stand on the superadmin's page."""
    generation, changed_at = 0, float(site.compiled_at)
    if isinstance(knowledge, Known):
        generation, changed_at = knowledge.entry.generation, max(changed_at, knowledge.changed_at)
    issued = site.issued.of(mac, generation)
    name = "registration-3" if suffix == REGISTRATION_3 or reads_old_form_only(user_agent) else "registration"
    content = issued.fill(site.documents[name])
    return phone_file(content, verdict="registration file", unique_id=issued.unique_id, changed_at=changed_at)


def _overlay(user_agent: str, *, proven: bool, site: Site) -> Answer:
    """The operator's parameters for this model; those that are secret are for a phone that has shown who it is."""
    model, _, _ = polycom_software(user_agent)
    base = ("site-own" if proven else "site") + ("-3" if reads_old_form_only(user_agent) else "")
    documents = site.documents
    content = documents.get(f"{base}.{document_model(model or '')}", documents.get(base))
    if content is None:
        return not_found("no overlay")
    return phone_file(content, verdict="overlay", changed_at=site.compiled_at)
