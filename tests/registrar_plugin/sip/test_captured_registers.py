"""The captured REGISTERs of real phones, as their index says."""

import json
from typing import Any

import pytest

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.request import Request, parse_request
from registrar_plugin.sip.uri import SipUri
from tests.shared_data import shared_data


def test_every_captured_register_is_read_as_its_index_says() -> None:
    index = shared_data("register", "index.jsonl")
    rows = [json.loads(line) for line in index.read_text("utf-8").splitlines()]
    assert len(rows) == 58
    for row in rows:
        data = index.with_name(row["file"]).read_bytes()
        if row["expect"]["valid"]:
            assert _read(parse_request(data)) == _expected(row["expect"]), row["file"]
        else:
            with pytest.raises(SipSyntaxError):
                parse_request(data)


def _read(request: Request) -> tuple[object, ...]:
    contact = request.contacts[0].uri if request.contacts else None
    contact_parts = (contact.user, contact.host, contact.port) if isinstance(contact, SipUri) else (None, None, None)
    return request.from_.display_name, request.from_.sip_user, *contact_parts, request.user_agent


def _expected(expect: dict[str, Any]) -> tuple[object, ...]:
    contact_parts = (expect["contact_user"], expect["contact_host"], expect["contact_port"])
    return expect["display"] or "", expect["user"], *contact_parts, expect["ua"] or ""
