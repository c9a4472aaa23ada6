import tomllib

import pytest

from autoprov.settings.edit import Change, NotEditable, edit_settings, settled

TEXT = """\
# mine
[phones]
url = "http://10.0.0.1:8480"  # of this house # the old one
networks = ["private"]        # who may

# [hep]                       # others tell us
# listen = "127.0.0.1:9060"   # UDP
"""


def test_a_value_changes_and_all_around_it_stays() -> None:
    edited = edit_settings(TEXT, (Change("phones", "url", "http://10.0.0.2:8480"),))
    assert edited.splitlines()[2] == 'url = "http://10.0.0.2:8480"     # of this house # the old one'
    assert edited.splitlines()[:2] + edited.splitlines()[3:] == TEXT.splitlines()[:2] + TEXT.splitlines()[3:]


def test_what_is_commented_out_is_used_with_its_comment() -> None:
    edited = edit_settings(TEXT, (Change("hep", "listen", "0.0.0.0:9060"),))
    assert edited.splitlines()[-2:] == [
        "[hep]                       # others tell us",
        'listen = "0.0.0.0:9060"          # UDP',
    ]


def test_a_key_that_shall_not_be_is_commented_out_and_comes_back() -> None:
    with_hep = edit_settings(TEXT, (Change("hep", "listen", "127.0.0.1:9060"),))
    without = edit_settings(with_hep, (Change("hep", "listen", None),))
    assert tomllib.loads(without)["hep"] == {}
    again = edit_settings(without, (Change("hep", "listen", "127.0.0.1:9060"),))
    assert tomllib.loads(again) == tomllib.loads(with_hep)


def test_a_key_and_a_table_that_are_not_there_are_added() -> None:
    changes = (Change("phones", "unique_id_length", 8), Change("access", "discovery", "closed"))
    tables = tomllib.loads(edit_settings(TEXT, changes))
    assert (tables["phones"]["unique_id_length"], tables["access"]) == (8, {"discovery": "closed"})


def test_lists_and_quotes_survive() -> None:
    changes = (Change("phones", "networks", ("private", 'a "b" #c')),)
    assert tomllib.loads(edit_settings(TEXT, changes))["phones"]["networks"] == ["private", 'a "b" #c']


def test_what_is_settled_needs_no_change() -> None:
    changes = (
        Change("phones", "networks", ("private",)),
        Change("hep", "listen", None),
        Change("phones", "url", "http://10.0.0.2"),
    )
    assert settled(TEXT, changes) == changes[2:]


@pytest.mark.parametrize(
    "text",
    [
        'phones.url = "http://10.0.0.1"\n',
        '[phones]\nnetworks = [\n  "private",\n]\n',
        'phones = { url = "http://10.0.0.1" }\n',
    ],
)
def test_what_is_written_otherwise_is_left_to_a_person(text: str) -> None:
    with pytest.raises(NotEditable, match="phones"):
        edit_settings(text, (Change("phones", "networks", ("10.0.0.0/8",)),))
