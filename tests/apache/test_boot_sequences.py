"""The requests of three real phones at one boot (phones 1.2), replayed: each is answered as the phone needs it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from autoprov_phones.derived_secret import derive_own_token
from autoprov_phones.mac import MacAddress
from tests.apache.edges import PREFIX, Edges
from tests.autoprov_web.sites import KEY, MAC, OWN_FILES

NO_OVERRIDES = b"<PHONE_CONFIG><OVERRIDES/></PHONE_CONFIG>"


@dataclass(frozen=True, slots=True)
class Boot:
    """*requests* are lines of program, method, name and expected status; ``@`` is the phone's MAC as it writes it.

    *programs* are the User-Agents by the letter in front of a line: A, the application; U, the updater, and B, the boot
    ROM before it, which ask for the master file and firmware, and bring their own log (phones 1.1, 1.5). The version of
    each is its own; the master file is read by both.
    """

    programs: Mapping[str, str]
    mac: str
    requests: str


BOOTS = {
    "old bootROM": Boot(
        {
            "B": "FileTransport PolycomSoundPointIP-SPIP_601-UA/4.2.2.0710",
            "A": "FileTransport PolycomSoundPointIP-SPIP_601-UA/3.1.8.0070",
        },
        "0004f2000011",
        """
        B GET bootrom.ld                      404
        B GET @.cfg                           404
        B GET 000000000000.cfg                200
        B GET sip.ld                          404
        A GET @.cfg                           404
        A GET 000000000000.cfg                200
        A GET @-registration-3.cfg            200
        A GET @-site.cfg                      200
        A GET @-phone.cfg                     200
        A GET @-directory.xml                 404
        A GET 000000000000-directory.xml      404
        B PUT @-boot.log                      200
        A PUT @-app.log                       200
        """,
    ),
    "SPIP_550, UCS 4.0.15": Boot(
        {"A": "FileTransport PolycomSoundPointIP-SPIP_550-UA/4.0.15.1009 Type/Application"},
        "0004f2000012",
        """
        A GET @.cfg                           404
        A GET 000000000000.cfg                200
        A GET @-registration.cfg              200
        A GET @-site.cfg                      200
        A GET @-user.cfg                      404
        A GET @-phone.cfg                     200
        A GET @-web.cfg                       404
        A GET 000000000000-license.cfg        404
        A PUT @-app.log                       200
        A GET @-directory.xml                 404
        """,
    ),
    "VVX_500, UCS 5.9.7": Boot(
        {
            "U": "FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater",
            "A": "FileTransport PolycomVVX-VVX_500-UA/5.9.7.4477 Type/Application",
        },
        "64167F000013",
        """
        U PUT  @-boot.log                                 200
        U GET  @.cfg                                      404
        U GET  000000000000.cfg                           200
        U GET  3111-44500-001.3111-44500-001.sip.ld       404
        U GET  3111-44500-001.sip.ld                      404
        U GET  sip.ver                                    404
        A GET  @.cfg                                      404
        A GET  000000000000.cfg                           200
        A GET  @-registration.cfg                         200
        A GET  @-site.cfg                                 200
        A GET  @-phone.cfg                                200
        A GET  @-web.cfg                                  404
        A GET  000000000000-license.cfg                   404
        A GET  @-license.cfg                              404
        A GET  license.cfg                                404
        A GET  @-calls.xml                                404
        A GET  @-directory.xml                            404
        A GET  000000000000-directory.xml                 404
        A GET  languages/Website_dictionary_language_en-us.xml  404
        A HEAD @-app.log                                  404
        """,
    ),
}


def play(edges: Edges, boot: Boot, folder: str) -> dict[str, tuple[int, bytes]]:
    """What each name was answered, after the statuses were compared with those that the phone needs."""
    answers: dict[str, tuple[int, bytes]] = {}
    for line in boot.requests.strip().splitlines():
        program, method, name, status = line.split()
        body = b"0522150041|boot\n" if method == "PUT" else None
        path = f"{folder}/{name.replace('@', boot.mac)}"
        reply = edges.same(path, method=method, headers={"User-Agent": boot.programs[program]}, body=body)
        assert (program, method, name, reply.status) == (program, method, name, int(status))
        answers[name] = (reply.status, reply.body)
    return answers


@pytest.mark.parametrize("boot", BOOTS.values(), ids=BOOTS.keys())
def test_a_new_phone_boots(edges: Edges, boot: Boot) -> None:
    answers = play(edges, boot, PREFIX)
    # A refurbished phone's local settings would win over ours.
    assert NO_OVERRIDES in answers["@-phone.cfg"][1]
    registration = answers.get("@-registration.cfg") or answers["@-registration-3.cfg"]
    assert f'-{MacAddress.parse(boot.mac)}"'.encode() in registration[1]


def test_an_assigned_phone_boots_from_its_own_directory(edges: Edges) -> None:
    boot = BOOTS["VVX_500, UCS 5.9.7"]
    requests = re.sub(r"@\.cfg +404", "@.cfg 200", boot.requests)
    own = f"{PREFIX}/own/{derive_own_token(MAC, key=KEY)}"
    answers = play(edges, Boot(boot.programs, str(MAC), requests), own)
    assert answers["@.cfg"] == (200, OWN_FILES[f"{MAC}.cfg"])
    assert answers["@-registration.cfg"] == (200, OWN_FILES[f"{MAC}-lines.cfg"])
