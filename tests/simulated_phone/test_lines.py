from datetime import timedelta

from simulated_phone.lines import lines_of

_LINE = {"reg.1.address": "200", "reg.1.server.1.address": "pbx.test"}


def test_a_line_takes_what_the_maker_defaults_to_where_nothing_is_set() -> None:
    (line,) = lines_of(_LINE)
    assert (line.label, line.auth_user, line.display_name) == ("200", "200", "")
    assert (line.server, line.expires) == ("pbx.test:5060", timedelta(hours=1))


def test_port_zero_is_the_port_of_sip() -> None:
    (line,) = lines_of({**_LINE, "reg.1.server.1.port": "0"})
    assert line.server_port == 5060


def test_a_line_says_everything_that_is_set() -> None:
    (line,) = lines_of(
        {
            **_LINE,
            "reg.1.auth.userId": "anna",
            "reg.1.auth.password": "secret",
            "reg.1.label": "KTM4PX",
            "reg.1.displayName": "KTM4PX-0004f2abcdef",
            "reg.1.server.1.port": "5070",
            "reg.1.server.1.expires": "300",
        }
    )
    assert (line.auth_user, line.password, line.label) == ("anna", "secret", "KTM4PX")
    assert (line.display_name, line.server) == ("KTM4PX-0004f2abcdef", "pbx.test:5070")
    assert line.expires == timedelta(minutes=5)
    assert "secret" not in repr(line)


def test_a_line_without_a_server_of_its_own_uses_the_phones_server() -> None:
    (line,) = lines_of({"reg.1.address": "200", "voIpProt.server.1.address": "pbx.test"})
    assert line.server_host == "pbx.test"


def test_lines_stand_in_the_order_of_their_keys_and_only_those_that_can_register() -> None:
    parameters = {
        "reg.10.address": "210",
        "reg.10.server.1.address": "pbx.test",
        "reg.2.address": "202",
        "reg.2.server.1.address": "pbx.test",
        "reg.3.address": "203",
        "reg.4.address": "204",
        "reg.4.server.1.address": "pbx.test",
        "reg.4.register": "0",
        "reg.5.address": "205",
        "reg.5.server.1.address": "pbx.test",
        "reg.5.server.1.register": "0",
    }
    assert [line.number for line in lines_of(parameters)] == [2, 10]
