from dataclasses import replace
from pathlib import Path

import pytest

from autoprov.checks.host_settings import HOSTS, check_host_settings
from autoprov.settings.edit import Change
from autoprov.settings.file import load_settings
from autoprov.settings.reader import Listen
from autoprov.setup.answers import MIRRORING, Answers, Boot, Host, Sipxconfig
from autoprov.setup.changes import answers_of, changes_for, contradictions, new_answers
from autoprov.setup.plan import plan_setup, write_setup

NEW = new_answers("192.168.7.2")
AT_PBX = replace(NEW, pbx=Listen("192.168.7.10", 5060))


def changed(answers: Answers, before: Answers | None = None, *, provision_config: Path | None = None) -> set[Change]:
    return set(changes_for(answers, before=before, provision_config=provision_config))


@pytest.mark.parametrize(
    "answers",
    [
        NEW,
        AT_PBX,
        *(replace(AT_PBX, host=host) for host in (Host.KAMAILIO, Host.ASTERISK)),
        replace(AT_PBX, host=Host.SIPXECS, config_system=Sipxconfig("https://pbx.example.org/sipxconfig", "admin")),
        replace(NEW, boot=Boot.APACHE, networks=("private", "203.0.113.0/24"), discovery="closed"),
        replace(NEW, address="fd00::2", networks=("10.0.0.0/8",)),
    ],
)
def test_settings_that_were_set_up_answer_as_they_were_asked(tmp_path: Path, answers: Answers) -> None:
    write_setup(plan_setup(tmp_path, answers, before=None))
    settings = load_settings(tmp_path / "autoprov.toml")
    assert answers_of(settings) == answers
    assert plan_setup(tmp_path, answers, before=answers_of(settings)).is_done


@pytest.mark.parametrize(
    ("host", "mode"),
    [
        (Host.KAMAILIO, "filtered"),
        (Host.ASTERISK, "everything"),
        (Host.FREESWITCH, "everything"),
        (Host.OPENSIPS, "everything"),
    ],
)
def test_a_registrar_that_mirrors_is_heard_and_told_to_phones(host: Host, mode: str) -> None:
    changes = changed(replace(AT_PBX, host=host))
    assert {
        Change("hep", "listen", "0.0.0.0:9060"),
        Change("hep", "mode", mode),
        Change("hep", "senders", ("192.168.7.10",)),
        Change("registrar", "by", "pbx"),
        Change("registrar", "address", "192.168.7.10"),
        Change("phones", "password", "shared"),
        Change("resync", "by", "source"),
    } <= changes


@pytest.mark.parametrize("host", MIRRORING)
def test_what_is_set_up_is_what_the_check_wants(tmp_path: Path, host: Host) -> None:
    write_setup(plan_setup(tmp_path, replace(AT_PBX, host=host), before=None))
    assert list(check_host_settings(load_settings(tmp_path / "autoprov.toml"), HOSTS[host.value])) == []


def test_a_registrar_on_this_machine_is_heard_on_loopback() -> None:
    assert Change("hep", "listen", "127.0.0.1:9060") in changed(replace(NEW, host=Host.KAMAILIO))


def test_on_a_sipxecs_its_own_files_say_as_whom_phones_register() -> None:
    answers = replace(AT_PBX, host=Host.SIPXECS, config_system=Sipxconfig("http://127.0.0.1:12001/sipxconfig", ""))
    theirs = "/etc/sipxpbx/sipxprovision-config"
    here, elsewhere = changed(answers, provision_config=Path(theirs)), changed(answers)
    assert {Change("sipxecs", "provision_config", theirs), Change("registrar", "pbx_port", 0)} <= here
    assert {Change("plugin", "socket", "/run/autoprov/plugin.sock"), Change("resync", "by", "sipxconfig")} <= here
    assert {Change("registrar", "by", "autoprov"), Change("resync", "by", "flow")} <= elsewhere
    assert Change("lines", "own_files_by", "pbx") in here & elsewhere


def test_only_what_is_answered_otherwise_is_touched() -> None:
    assert changed(AT_PBX, before=AT_PBX) == set()
    assert changed(replace(AT_PBX, discovery="closed"), before=AT_PBX) == {Change("access", "discovery", "closed")}


def test_another_address_of_ours_leaves_phones_at_the_pbx() -> None:
    before = replace(AT_PBX, host=Host.KAMAILIO)
    assert changed(replace(before, address="192.168.7.3"), before=before) == {
        Change("phones", "url", "http://192.168.7.3:8480")
    }


def test_a_name_will_do_where_no_datagrams_of_another_machine_are_heard() -> None:
    by_name = replace(NEW, pbx=Listen("pbx.example.org", 5060))
    assert contradictions(by_name) == []
    assert contradictions(replace(by_name, host=Host.KAMAILIO, address="pbx.example.org")) == []


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        (replace(NEW, host=Host.KAMAILIO, pbx=Listen("pbx.example.org", 5060)), "IP address"),
        (replace(NEW, host=Host.SIPXECS), "config_system"),
        (replace(NEW, boot_server=Path("tftp")), "/srv/tftp"),
    ],
)
def test_answers_that_contradict_each_other_say_what_to_do(answers: Answers, word: str) -> None:
    [problem] = contradictions(answers)
    assert word in problem
