"""Polycom, later Poly, later HP: every line that runs UC Software or its forebears.

``[FileTransport ][Polycom/<firmware> ]Polycom<line>-<model>-UA/<firmware>[_<MAC>][ (SN:<MAC>)][ Type/<program>]``

The words before it are the program that speaks: none in SIP, ``FileTransport`` for files over HTTP, ``Microbrowser``
for the small browser, which is the same phone. Video systems (HDX, Group) and most who only pretend to be a phone
spell themselves otherwise. Byte for byte imitations exist; a User-Agent is no proof of anything.
"""

import re

from autoprov_phones.vendor import ModelRule, UserAgentPattern, Vendor


def _pattern(model: str, *, line: str = "[0-9A-Za-z]{2,24}") -> re.Pattern[str]:
    """The frame above round the family's *model*; the model tells the family, because the *line* is not always its."""
    return re.compile(
        r"(?:FileTransport |Microbrowser/[0-9.]{1,20} )?"
        # Polycom/5.5.0.20556 PolycomVVX-VVX_500-UA/5.5.0.20556
        r"(?:Poly(?:com)?/[0-9.]{1,40} )?"
        rf"Poly(?:com)?(?:{line})-(?P<model>{model})"
        # PolycomVVX-VVX_600-UA/132.244.41.145
        # (a tool that hides addresses took the version for one); it may also be missing altogether
        r"-UA/(?P<firmware>[0-9][0-9A-Za-z.]{0,39}|)"
        # PolycomSoundStationIP-SSIP_6000-UA/3.3.5.0247_0004f2f18103
        r"(?:_(?P<mac>[0-9A-Fa-f]{12}))?"
        # FileTransport PolyCCX-CCX_500-UA/9.4.1.0508 (SN:64167f9f4c90) Type/Application
        r"(?: \(SN:(?P<serial>[0-9A-Za-z:.-]{0,40})\))?"
        # FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater
        r"(?: Type/(?P<program>[A-Za-z]{1,20}))?",
        re.ASCII,
    )


VENDOR = Vendor(
    name="polycom",
    user_agents=(
        # PolycomSoundStationIP-SPIP_6000-UA/3.0.4.0061
        UserAgentPattern("SoundStation IP", _pattern(r"SPIP_[0-9]{3,4}", line="SoundStation(?:IP)?")),
        # PolycomSoundPointIP-SPIP_320-UA/3.1.2.0392
        # FileTransport PolycomSoundPointIP-SPIP_550-UA/4.0.15.1047 (SN:0004a11a1a1a) Type/Application
        # Microbrowser/1.1 PolycomSoundPointIP-SPIP_550-UA/4.0.15.1047 Type/Application
        UserAgentPattern("SoundPoint IP", _pattern(r"SPIP_[0-9]{3,4}")),
        # FileTransport PolycomSoundStationIP-SSIP_5000-UA/4.0.3.7562 (SN:0004f2e765da) Type/Application
        UserAgentPattern("SoundStation IP", _pattern(r"SSIP_[0-9]{3,4}")),
        # No capture: the maker's own name of this model, in the manuals of UC Software 4.1, is SSDuo.
        UserAgentPattern("SoundStation Duo", _pattern(r"(?:SS)?_?(?:Duo|DUO)")),
        # PolycomVVX-VVX_310-UA/4.1.4.7430_0004f2abcdef
        # FileTransport PolycomSoundPointIP-VVX_500-UA/4.1.3.0439
        UserAgentPattern("VVX", _pattern(r"VVX_[0-9A-Za-z]{2,8}")),
        # Polycom/5.4.3.2007 PolycomRealPresenceTrio-Trio_8800-UA/5.4.3.2007
        # PolycomRealPresenceTrio-Trio_Visual+-UA/5.7.2.3123
        UserAgentPattern("RealPresence Trio", _pattern(r"Trio_[0-9A-Za-z]{2,12}\+?")),
        # FileTransport PolyCCX-CCX_500-UA/9.4.1.0508 (SN:64167f9f4c90) Type/Application
        UserAgentPattern("CCX", _pattern(r"CCX_[0-9A-Za-z]{2,8}")),
        # FileTransport PolyEdge-Edge_E450-UA/8.0.0.15602 Type/Application
        UserAgentPattern("Edge E", _pattern(r"Edge_E[0-9A-Za-z]{1,8}")),
        # No capture: a line sold beside Edge E, which may or may not spell itself like it.
        UserAgentPattern("Edge B", _pattern(r"Edge_B[0-9A-Za-z]{1,8}")),
    ),
    ouis=frozenset({"0004f2", "64167f", "482567"}),
    sipxconfig_models=(
        # SPIP_335 -> polycom335, SSIP_6000 and SPIP_6000 -> polycom6000
        ModelRule(re.compile(r"S[PS]IP_([0-9]+)", re.ASCII), r"polycom\1"),
        # VVX_410 -> polycomVVX410
        ModelRule(re.compile(r"VVX_([0-9]+)", re.ASCII), r"polycomVVX\1"),
        # Trio_8800 -> polycomRealPresenceTrio, the one name sipXconfig has for the line
        ModelRule(re.compile(r"Trio_[0-9A-Za-z]+\+?", re.ASCII), "polycomRealPresenceTrio"),
    ),
)
