"""Phones that fetch their registration file and register through UDP, again and again, while anything may be killed."""

import socket
import time
from collections import Counter
from collections.abc import Sequence
from threading import Event, Thread
from types import TracebackType
from typing import Self

import requests

from autoprov.settings.settings import Settings
from autoprov_phones.derived_secret import derive_sip_password
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import PhoneTag, issue_phone_tag
from tests.peers.polycom import challenge_of, credentials, register

_PATIENCE = 0.5
_REST = 0.002


class DeskPhones:
    """One thread that plays them all in turn; ``plug_in`` adds the next one.

    *said* counts what phones heard: each status of their file, of their REGISTERs, and silence. *strange* is what no
    phone should ever hear.
    """

    def __init__(self, settings: Settings) -> None:
        self.tags: list[PhoneTag] = []
        self.said: Counter[str] = Counter()
        self.strange: list[str] = []
        self._settings = settings
        self._key = settings.secrets.installation_key
        self._registrar = ("127.0.0.1", settings.registrar.told_port)
        self._has_file: set[PhoneTag] = set()
        self._cseq = 0
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="desk-phones")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def plug_in(self) -> None:
        """One more."""
        mac = MacAddress(f"0004f2{len(self.tags):06x}")
        self.tags = [*self.tags, issue_phone_tag(mac, key=self._key, length=self._settings.phones.unique_id_length)]

    def _run(self) -> None:
        with requests.Session() as web, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            web.trust_env = False
            line.settimeout(_PATIENCE)
            line.connect(self._registrar)
            while not self._stopping.is_set():
                self._one_round(self.tags, web, line)

    def _one_round(self, tags: Sequence[PhoneTag], web: requests.Session, line: socket.socket) -> None:
        for tag in tags:
            if self._stopping.is_set():
                return
            if tag in self._has_file or self._fetches(tag, web):
                self._registers(tag, line)
            time.sleep(_REST)
        self._stopping.wait(_REST)

    def _fetches(self, tag: PhoneTag, web: requests.Session) -> bool:
        """Only who has its file can register; one is enough."""
        try:
            answer = web.get(f"{self._settings.phones.url}/{tag.mac}-registration.cfg", timeout=_PATIENCE)
        except requests.RequestException:
            self.said["file: no answer"] += 1
            return False
        self.said[f"file: {answer.status_code}"] += 1
        if answer.status_code == 200 and str(tag) in answer.text:
            self._has_file.add(tag)
            return True
        if answer.status_code != 503:
            self.strange.append(f"{tag}: {answer.status_code}")
        return False

    def _registers(self, tag: PhoneTag, line: socket.socket) -> None:
        try:
            answer = self._asked(tag, line, authorization=None)
            if answer.startswith(b"SIP/2.0 401 "):
                secret = derive_sip_password(tag.mac, key=self._key)
                answer = self._asked(tag, line, authorization=credentials(challenge_of(answer), password=secret))
        except (TimeoutError, ConnectionRefusedError):
            self.said["REGISTER: no answer"] += 1
            return
        status = answer[8:11].decode()
        self.said[f"REGISTER: {status}"] += 1
        if status not in ("200", "401", "503"):  # 401: the nonce was another process's
            self.strange.append(f"{tag}: {status}")

    def _asked(self, tag: PhoneTag, line: socket.socket, *, authorization: str | None) -> bytes:
        """The answer to this very request, not a late one to a former."""
        self._cseq += 1
        here = "{}:{}".format(*line.getsockname())
        contact = f"<sip:{self._settings.phones.autoprovision_user}@{here}>"
        line.send(
            register(
                display_name=str(tag),
                via=here,
                branch=f"z9hG4bK{self._cseq}",
                call_id=f"call-{tag.mac}",
                cseq=self._cseq,
                contact=contact,
                authorization=authorization,
            )
        )
        while True:
            answer = line.recv(65_535)
            if f"CSeq: {self._cseq} REGISTER".encode() in answer:
                return answer
