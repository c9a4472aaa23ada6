import re
from datetime import timedelta

from simulated_phone.lines import lines_of
from simulated_phone.register_request import Dialog
from tests.shared_data import shared_data

# Of a VVX 350 with 5.9.5.0614.
_CAPTURED_ORDER = [
    "Via",
    "From",
    "To",
    "CSeq",
    "Call-ID",
    "Contact",
    "User-Agent",
    "Accept-Language",
    "Authorization",
    "Max-Forwards",
    "Expires",
    "Content-Length",
]


def _dialog(**parameters: str) -> Dialog:
    named = {f"reg.1.{name.replace('_', '.')}": value for name, value in parameters.items()}
    (line,) = lines_of({"reg.1.address": "1013", "reg.1.server.1.address": "pbx.test", **named})
    return Dialog(
        line,
        contact_host="192.0.2.12",
        contact_port=52917,
        call_id="c7f6bc72e0778e72f7055172226c01d1",
        tag="F87D2248-BCC05E87",
        user_agent="PolycomVVX-VVX_350-UA/5.9.5.0614",
    )


def _register(dialog: Dialog, *, authorization: str | None = "Digest x") -> str:
    expires = timedelta(hours=1)
    return dialog.register(cseq=2, branch="z9hG4bK1", expires=expires, authorization=authorization).decode()


def _header_names(message: str) -> list[str]:
    return re.findall(r"^([\w-]+): ", message, re.MULTILINE)


def test_headers_stand_in_the_order_of_a_real_phone() -> None:
    assert _header_names(_register(_dialog())) == _CAPTURED_ORDER


def test_headers_stand_in_the_order_of_the_capture_at_hand() -> None:
    capture = shared_data("register", "001-polycom.txt").read_text(encoding="utf-8")
    assert _header_names(_register(_dialog())) == _header_names(capture)


def test_every_line_is_that_of_the_capture_but_for_names_and_numbers() -> None:
    capture = shared_data("register", "001-polycom.txt").read_text(encoding="utf-8").splitlines()
    capture = [line.replace("pierrefouquet.babblevoice.com", "pbx.test") for line in capture]
    capture = [line.replace("82.71.31.12", "192.0.2.12").replace("Kef06bc0929D70FF", "K1") for line in capture]
    ours = _register(_dialog(displayName="Pierre Test")).splitlines()
    assert [line for line in ours if not line.startswith("Auth")] == [
        line for line in capture if not line.startswith("Auth")
    ]


def test_without_a_proof_there_is_no_authorization() -> None:
    names = [name for name in _CAPTURED_ORDER if name != "Authorization"]
    assert _header_names(_register(_dialog(), authorization=None)) == names


def test_the_registrars_port_stands_in_the_request_uri_where_it_is_not_sips_own() -> None:
    assert _dialog(server_1_port="5070").request_uri == "sip:pbx.test:5070;transport=udp"
    assert _dialog(server_1_port="5060").request_uri == "sip:pbx.test;transport=udp"


def test_quotes_in_a_display_name_are_escaped_and_an_empty_one_is_left_out() -> None:
    assert r'From: "a\"b\\c" <sip:1013@pbx.test>;tag=' in _register(_dialog(displayName='a"b\\c'))
    assert "From: <sip:1013@pbx.test>;tag=" in _register(_dialog())


def test_an_address_with_a_domain_keeps_it() -> None:
    assert "To: <sip:200@example.test>\r\n" in _register(_dialog(address="200@example.test"))
