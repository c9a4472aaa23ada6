"""RFC 4475's 49 messages: what a registrar answers to each, why, and what stands in those that can be read."""

from collections.abc import Mapping
from dataclasses import dataclass

IGNORED = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """*status* None for what is not answered; *reason* is the status line's, as far as it is our own."""

    section: str
    status: int | None
    reason: str
    why: str


OK, UNAUTHORIZED, NOT_ALLOWED = "OK", "Unauthorized", "Method Not Allowed"

# What the registrar of the user in To answers: OPTIONS is served, REGISTER challenged, any other method not allowed.
VERDICTS: Mapping[str, Verdict] = {
    "wsinv": Verdict("3.1.1.1", 405, NOT_ALLOWED, "valid: blanks and folds wherever they may stand"),
    "intmeth": Verdict("3.1.1.2", 405, NOT_ALLOWED, "valid: a method of all token characters"),
    "esc01": Verdict("3.1.1.3", 405, NOT_ALLOWED, "valid: escapes in URIs"),
    "escnull": Verdict("3.1.1.4", 401, UNAUTHORIZED, "valid: two contacts whose users are NULs"),
    "esc02": Verdict("3.1.1.5", 405, NOT_ALLOWED, "valid: %47 is no escape in a method, nor in a header's name"),
    "lwsdisp": Verdict("3.1.1.6", 200, OK, "valid: no blank before <"),
    "longreq": Verdict("3.1.1.7", 405, NOT_ALLOWED, "valid: long values"),
    "dblreq": Verdict("3.1.1.8", 401, UNAUTHORIZED, "valid: octets behind the body are ignored"),
    "semiuri": Verdict("3.1.1.9", 200, OK, "valid: a semicolon in the user part"),
    "transports": Verdict("3.1.1.10", 200, OK, "valid: transports that we do not know"),
    "mpart01": Verdict("3.1.1.11", 405, NOT_ALLOWED, "valid: a body that we do not look at"),
    "unreason": Verdict("3.1.1.12", IGNORED, "", "a response"),
    "noreason": Verdict("3.1.1.13", IGNORED, "", "a response"),
    "badinv01": Verdict("3.1.2.1", 400, "Contact: Malformed Parameters", "separators with nothing between them"),
    "clerr": Verdict("3.1.2.2", 400, "Content-Length Beyond The Datagram", "Content-Length larger than the message"),
    "ncl": Verdict("3.1.2.3", 400, "Content-Length: Malformed Number", "negative Content-Length"),
    "scalar02": Verdict("3.1.2.4", 400, "CSeq Not Below 2**31", "overlarge CSeq, Max-Forwards, Expires"),
    "scalarlg": Verdict("3.1.2.5", IGNORED, "", "a response"),
    "quotbal": Verdict("3.1.2.6", 400, "To: Malformed Address", "a quote that is not closed"),
    "ltgtruri": Verdict("3.1.2.7", 400, "Request-URI: Malformed URI", "Request-URI in <>"),
    "lwsruri": Verdict("3.1.2.8", 400, "Malformed Request-Line", "a blank in the Request-URI"),
    "lwsstart": Verdict("3.1.2.9", 400, "Malformed Request-Line", "more than one blank in the start line"),
    "trws": Verdict("3.1.2.10", 400, "Malformed Request-Line", "blanks at the end of the start line"),
    "escruri": Verdict("3.1.2.11", 400, "Headers In Request-URI", "headers in the Request-URI"),
    "baddate": Verdict("3.1.2.12", 405, NOT_ALLOWED, "may be accepted: Date is nothing that we read"),
    "regbadct": Verdict("3.1.2.13", 400, "Contact: Malformed Parameters", "a ? outside of <>"),
    "badaspec": Verdict("3.1.2.14", 400, "To: Malformed URI", "blanks within an addr-spec"),
    "baddn": Verdict("3.1.2.15", 400, "Headers Not Ended By An Empty Line", "a comma in an unquoted display name"),
    "badvers": Verdict("3.1.2.16", 505, "Version Not Supported", "SIP/7.0"),
    "mismatch01": Verdict("3.1.2.17", 400, "CSeq Method Is Not The Request's", "CSeq's method is another"),
    "mismatch02": Verdict("3.1.2.18", 400, "CSeq Method Is Not The Request's", "CSeq's method is another"),
    "bigcode": Verdict("3.1.2.19", IGNORED, "", "a response"),
    "badbranch": Verdict("3.2.1", 200, OK, "a branch of the cookie alone: told apart by Call-ID and CSeq"),
    "insuf": Verdict("3.3.1", 400, "From Missing", "no From, To, Call-ID"),
    "unkscm": Verdict("3.3.2", 416, "Unsupported URI Scheme", "a Request-URI of a scheme that we do not know"),
    "novelsc": Verdict("3.3.3", 416, "Unsupported URI Scheme", "a Request-URI that is not SIP's"),
    "unksm2": Verdict("3.3.4", 400, "To: Not A SIP URI", "schemes that we do not know"),
    "bext01": Verdict("3.3.5", 420, "Bad Extension", "Require what nobody supports"),
    "invut": Verdict("3.3.6", 405, NOT_ALLOWED, "a body that we do not look at"),
    "regaut01": Verdict("3.3.7", 401, UNAUTHORIZED, "an Authorization scheme that nobody knows counts as none"),
    "multi01": Verdict("3.3.8", 400, "Max-Forwards Given Twice", "several values where one may be"),
    "mcl01": Verdict("3.3.9", 400, "Content-Length Given Twice", "two Content-Lengths"),
    "bcast": Verdict("3.3.10", IGNORED, "", "a response"),
    "zeromf": Verdict("3.3.11", 200, OK, "Max-Forwards 0 has arrived"),
    "cparam01": Verdict("3.3.12", 401, UNAUTHORIZED, "valid: the parameter is the Contact's"),
    "cparam02": Verdict("3.3.13", 401, UNAUTHORIZED, "valid: the parameter is the URI's"),
    "regescrt": Verdict("3.3.14", 401, UNAUTHORIZED, "valid: a Contact with an escaped header"),
    "sdp01": Verdict("3.3.15", 405, NOT_ALLOWED, "a body that we do not look at"),
    "inv2543": Verdict("3.4.1", 405, NOT_ALLOWED, "valid: RFC 2543"),
}


@dataclass(frozen=True, slots=True)
class Values:
    """As our own spelling has it: every display name in quotes, every URI in ``<>``, in the sender's characters."""

    from_: str
    to: str
    contacts: tuple[str, ...] = ()


_LONG = f"sip:{'amazinglylongcallername' * 5}"

# What stands in each message that can be read, whatever it is answered.
VALUES: Mapping[str, Values] = {
    "wsinv": Values(
        '"J Rosenberg \\\\\\"" <sip:jdrosen@example.com>;tag=98asjd8',
        "<sip:vivekg@chair-dnrc.example.com>;tag=1918181833n",
        ('"Quoted string \\"\\"" <sip:jdrosen@example.com>;newparam=newvalue;secondparam;q=0.33',),
    ),
    "intmeth": Values(
        '"token1~` token2\'+_ token3*%!.-" <sip:mundane@example.com>'
        ";fromparam''~+*_!.-%=\"работающий\";tag=_token~1'+`*%!-.",
        '"BEL:\x07 NUL:\x00 DEL:\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
        (),
    ),
    "esc01": Values(
        "<sip:I%20have%20spaces@example.net>;tag=938",
        "<sip:%75se%72@example.com>",
        ("<sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>",),
    ),
    "escnull": Values(
        "<sip:null-%00-null@example.com>;tag=839923423",
        "<sip:null-%00-null@example.com>",
        ("<sip:%00@host5.example.com>", "<sip:%00%00@host5.example.com>"),
    ),
    "esc02": Values(
        '"%Z%45" <sip:resource@example.com>;tag=f232jadfj23',
        '"%Z%45" <sip:resource@example.com>',
        ("<sip:alias1@host1.example.com>", "<sip:alias3@host3.example.com>"),
    ),
    "lwsdisp": Values('"caller" <sip:caller@example.com>;tag=323', "<sip:user@example.com>"),
    "longreq": Values(
        f"<{_LONG}@example.net>;tag=1{'298' * 50}2424;unknownheaderparam{'name' * 20}=unknowheaderparam{'value' * 15}"
        f";unknownvalueless{'paramname' * 10}",
        f'"I have a user name of {"extreme" * 10} proportion" <sip:user@example.com:6000'
        f";unknownparam1=very{'long' * 20}value;longparam{'name' * 25}=shortvalue"
        f";very{'long' * 25}ParameterNameWithNoValue>",
        (f"<{_LONG}@host5.example.net>",),
    ),
    "dblreq": Values(
        "<sip:j.user@example.com>;tag=43251j3j324", "<sip:j.user@example.com>", ("<sip:j.user@host.example.com>",)
    ),
    "semiuri": Values("<sip:caller@example.org>;tag=33242", "<sip:j_user@example.com>"),
    "transports": Values("<sip:caller@example.com>;tag=323", "<sip:user@example.com>"),
    "mpart01": Values(
        "<sip:fluffy@example.com>;tag=2fb0dcc9", "<sip:kumiko@example.org>", ("<sip:fluffy@127.0.0.1:5070>",)
    ),
    "scalar02": Values(
        "<sip:user@example.com>;tag=239232jh3",
        "<sip:user@example.com>",
        ("<sip:user@host129.example.com>;expires=280297596632815",),
    ),
    "baddate": Values(
        "<sip:caller@example.net>;tag=2234923", "<sip:user@example.com>", ("<sip:caller@host5.example.net>",)
    ),
    "badbranch": Values("<sip:caller@example.org>;tag=33242", "<sip:user@example.com>"),
    "unkscm": Values("<sip:caller@example.net>;tag=384", "<sip:user@example.com>"),
    "novelsc": Values("<sip:caller@example.net>;tag=384", "<sip:user@example.com>"),
    "unksm2": Values("<http://www.example.com>;tag=3234233", "<isbn:2983792873>", ("<name:John_Smith>",)),
    "bext01": Values("<sip:caller@example.net>;tag=242etr", "<sip:j_user@example.com>"),
    "invut": Values(
        "<sip:caller@example.net>;tag=8392034", "<sip:j.user@example.com>", ("<sip:caller@host5.example.net>",)
    ),
    "regaut01": Values("<sip:j.user@example.com>;tag=87321hj23128", "<sip:j.user@example.com>"),
    "zeromf": Values("<sip:caller@example.net>;tag=3ghsd41", "<sip:user@example.com>"),
    "cparam01": Values(
        "<sip:watson@example.com>;tag=DkfVgjkrtMwaerKKpe",
        "<sip:watson@example.com>",
        ("<sip:+19725552222@gw1.example.net>;unknownparam",),
    ),
    "cparam02": Values(
        "<sip:watson@example.com>;tag=838293",
        "<sip:watson@example.com>",
        ("<sip:+19725552222@gw1.example.net;unknownparam>",),
    ),
    "regescrt": Values(
        "<sip:user@example.com>;tag=8",
        "<sip:user@example.com>",
        ("<sip:user@example.com?Route=%3Csip:sip.example.com%3E>",),
    ),
    "sdp01": Values(
        "<sip:caller@example.net>;tag=234", "<sip:j_user@example.com>", ("<sip:caller@host15.example.net>",)
    ),
    "inv2543": Values(
        "<sip:+13035551111@ift.client.example.net;user=phone>", "<sip:+16505552222@ss1.example.net>;user=phone", ()
    ),
}
