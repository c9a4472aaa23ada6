"""The recorded run of a real sipXconfig against the embedded server: what its new API answered, answer for answer.

The pairs before 127 are of the old REST: what they stored is put there beforehand, as the run's own checks show it.
"""

import json
import sqlite3
from base64 import b64encode
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.peers.config_system import ADMIN, ConfigSystem
from tests.peers.sipxconfig_recordings import Answer, Recording, read_recordings, replay
from tests.shared_data import shared_data

FIRST_OF_NEW_API = 127
JAVA_SOURCE = "the real text goes on with a Java object's address and a column; here it ends with its first line"
GROUPS = "groups are not kept yet"
SETTINGS = "phones' and lines' settings are sipXconfig's own: here phones' files are made by the worker"
UNSHOWN = "seven phones of the old REST's part are shown by no check pair, so they are not in the list"
PAGE = "the page is Jetty's own; status, realm and the schemes of the challenge are equal"
DIGEST = "Digest is not understood: the challenge is there so that clients fail here as they would there"

DIFFERENT = {
    163: "Jackson's words for each way to be no JSON are not rebuilt; its class is equal",
    **dict.fromkeys((164, 165, 166), JAVA_SOURCE),
    **dict.fromkeys((169, 249, 250, 251, 252, 253), GROUPS),
    **dict.fromkeys((188, 189, 192, 194), UNSHOWN),
    **dict.fromkeys((197, 198), "nine models of plug-ins that the recorded server lacked; nortel11xx's versions"),
    **dict.fromkeys((228, 229, 254, 255, 256, 257), SETTINGS),
    246: "the filter by line is not served: nothing of ours asks it",
    259: "sendProfile for many phones at once is not served: nothing of ours asks it",
    268: "no WADL",
    **dict.fromkeys((269, 272), PAGE),
    273: "here is one administrator, and no user who could log in without being one",
    **dict.fromkeys((276, 277, 278, 279), DIGEST),
}
SAME_STATUS_AND_CLASS = (163, 164, 165, 166)
SAME_STATUS_AND_SCHEME = (269, 272)


def test_the_new_api_answers_as_the_recorded_one_but_for_what_is_listed(system: ConfigSystem) -> None:
    recordings = read_recordings(shared_data("sipxconfig", "wire"))
    seed(system.path, recordings)
    answers = {recording.number: (recording.answer, answer) for recording, answer in replayed(system, recordings)}
    unequal = {number for number, (recorded, answer) in answers.items() if not is_equal(recorded, answer)}
    assert unequal == set(DIFFERENT)
    assert len(answers) - len(unequal) >= 118
    for number in SAME_STATUS_AND_CLASS:
        recorded, answer = answers[number]
        assert (answer.status, java_class(answer)) == (recorded.status, java_class(recorded))
    for number in SAME_STATUS_AND_SCHEME:
        recorded, answer = answers[number]
        assert (answer.status, scheme(answer)) == (recorded.status, scheme(recorded))


def test_every_recorded_model_is_offered_as_recorded(system: ConfigSystem) -> None:
    (recording,) = [pair for pair in read_recordings(shared_data("sipxconfig", "wire")) if pair.number == 197]
    answer = replay(recording, base_url=system.url, extra_headers=authorization())
    offered = {model["modelId"]: model for model in json.loads(answer.body)["models"]}
    recorded = [model for model in json.loads(recording.answer.body)["models"] if model["modelId"] != "nortel11xx"]
    assert [offered[model["modelId"]] for model in recorded] == recorded


def seed(path: Path, recordings: Sequence[Recording]) -> None:
    """What stands there when the new API's part begins: phones by their last check, ids going on where they did."""
    first_id = next(int(pair.answer.body) for pair in recordings if pair.number == FIRST_OF_NEW_API)
    for pair in recordings:
        if pair.number < FIRST_OF_NEW_API and pair.method == "GET" and pair.answer.body.startswith(b'{"id"'):
            put_phone(path, pair.answer.body)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'phone'", [first_id - 1])
        database.execute("UPDATE sqlite_sequence SET seq = 1000 WHERE name = 'line'")


def put_phone(path: Path, shown: bytes) -> None:
    phone = json.loads(shown)
    row = [phone["id"], phone["serialNo"], phone["model"]["modelId"], phone["deviceVersion"], phone["description"]]
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "INSERT OR REPLACE INTO phone (id, serial_number, model_id, version, description) VALUES (?, ?, ?, ?, ?)",
            row,
        )


def replayed(system: ConfigSystem, recordings: Sequence[Recording]) -> list[tuple[Recording, Answer]]:
    """The new API's pairs and our answers, in order. A phone that the old REST stores in between is put there."""
    pairs: list[tuple[Recording, Answer]] = []
    for recording, following in zip(recordings, [*recordings[1:], None], strict=True):
        if recording.number < FIRST_OF_NEW_API:
            continue
        if "/rest/" in recording.target:
            if following is not None and "-check-" in following.name:
                put_phone(system.path, following.answer.body)
            continue
        # Port 12001 asks for no credentials; the embedded server always does.
        from_outside = dict(recording.headers)["Host"].endswith(":12000")
        extra = {} if from_outside else authorization()
        pairs.append((recording, replay(recording, base_url=system.url, extra_headers=extra)))
    return pairs


def authorization() -> dict[str, str]:
    pair = f"{ADMIN.user_name}:{ADMIN.password}".encode()
    return {"Authorization": f"Basic {b64encode(pair).decode()}"}


def is_equal(recorded: Answer, answer: Answer) -> bool:
    return (
        answer.status == recorded.status
        and answer.content_type == recorded.content_type
        and answer.length == recorded.length
        and answer.body.startswith(recorded.body)
    )


def java_class(answer: Answer) -> bytes:
    return answer.body.partition(b":")[0]


def scheme(answer: Answer) -> str:
    return answer.challenge.partition("nonce")[0]
