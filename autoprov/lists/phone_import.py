"""An import of phones into the config system: judged whole before anything is sent, then carried out row by row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from autoprov.lists.phones_csv import BadRow, CsvPhone
from autoprov_phones.description import MAX_LENGTH
from autoprov_phones.inventory_models import find_model
from autoprov_phones.mac import MacAddress
from autoprov_phones.sipxconfig_models import load_models
from autoprov_phones.sipxconfig_versions import choose_version
from sipxconfig_client.capabilities import Capabilities
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import AccessDenied, Refused, Unreachable
from sipxconfig_client.values import Accepted, AlreadyThere, Created, NewPhone, Phone, UserLine

AT_ONCE = 20
"""What the old REST gets in one request, and how much is under way when the config system fails."""


class Verdict(Enum):
    """What became of a row."""

    CREATED = "created"
    THERE = "there already"
    TAKEN = "taken"
    """By the old REST, which does not tell whether it was there."""
    REFUSED = "refused"
    NOT_DONE = "not done"


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row; *detail* is for the reader, ``""`` where there is nothing to say."""

    row: int
    mac: MacAddress
    verdict: Verdict
    detail: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the phone stands in the config system as the row says."""
        return self.verdict not in (Verdict.REFUSED, Verdict.NOT_DONE)


def judge(rows: Sequence[CsvPhone], found: Capabilities) -> tuple[list[tuple[CsvPhone, NewPhone]], list[BadRow]]:
    """What each row asks to be created, and the rows that this config system would never take."""
    versions = _versions(found)
    good: list[tuple[CsvPhone, NewPhone]] = []
    bad: list[BadRow] = []
    for row in rows:
        reason = _reason_against(row, versions, takes_lines=found.changes_phones)
        if reason:
            bad.append(BadRow(row.row, f"{row.mac}: {reason}"))
        else:
            version = row.version or _usual(row.model_id, versions[row.model_id])
            good.append((row, NewPhone(row.mac, row.model_id, version, row.description)))
    return good, bad


def carry_out(
    phones: Sequence[tuple[CsvPhone, NewPhone]],
    client: SipxconfigClient,
    *,
    order_follow: Callable[[MacAddress], None],
) -> Iterator[RowResult]:
    """Create the phones and give them their lines; each row's result as soon as it is known.

    After a failure of the config system nothing more is sent, and the rows that were left say so: the same import can
    be made again. A phone that was there is left as it is; only one without any line gets those of its row.

    Raises:
        QueueUnavailable: the rows whose results were given are done, and the next one's lines.
    """
    has_failed = False
    for start in range(0, len(phones), AT_ONCE):
        batch = phones[start : start + AT_ONCE]
        if has_failed:
            yield from (RowResult(row.row, row.mac, Verdict.NOT_DONE, "not tried") for row, _ in batch)
            continue
        try:
            outcomes = client.create_many([new for _, new in batch])
        except (AccessDenied, Unreachable) as error:
            has_failed = True
            yield from (RowResult(row.row, row.mac, Verdict.NOT_DONE, f"perhaps created: {error}") for row, _ in batch)
            continue
        for (row, _), outcome in zip(batch, outcomes, strict=True):
            result = _result(row, outcome, client, order_follow)
            has_failed = has_failed or result.verdict is Verdict.NOT_DONE
            yield result


def _result(
    row: CsvPhone,
    outcome: Created | AlreadyThere | Accepted | Refused | Unreachable,
    client: SipxconfigClient,
    order_follow: Callable[[MacAddress], None],
) -> RowResult:
    match outcome:
        case Created():
            return _with_lines(row, RowResult(row.row, row.mac, Verdict.CREATED), client, order_follow)
        case AlreadyThere(phone):
            there = RowResult(row.row, row.mac, Verdict.THERE, _difference(row, phone))
            return _with_lines(row, there, client, order_follow)
        case Accepted(is_checked):
            return RowResult(row.row, row.mac, Verdict.TAKEN, "" if is_checked else "whether it is there is not told")
        case Refused():
            return RowResult(row.row, row.mac, Verdict.REFUSED, str(outcome))
        case Unreachable():
            return RowResult(row.row, row.mac, Verdict.NOT_DONE, str(outcome))
        case _:
            assert_never(outcome)


def _with_lines(
    row: CsvPhone, done: RowResult, client: SipxconfigClient, order_follow: Callable[[MacAddress], None]
) -> RowResult:
    if not row.users:
        return done
    is_there = done.verdict.value
    try:
        phone = client.phone(row.mac)
        if phone is None:
            raise Unreachable("it was deleted meanwhile")
        users = tuple(line.user or line.user_id for line in phone.lines)
        if users == row.users:
            return done
        if users != row.users[: len(users)]:
            return RowResult(row.row, row.mac, Verdict.REFUSED, f"{is_there}, and keeps its line {' '.join(users)}")
        for user in row.users[len(users) :]:
            client.add_line(phone.id, UserLine(user))
    except Refused as error:
        return RowResult(row.row, row.mac, Verdict.REFUSED, f"{is_there}, but without all of its lines: {error}")
    except (AccessDenied, Unreachable) as error:
        return RowResult(row.row, row.mac, Verdict.NOT_DONE, f"{is_there}, but without all of its lines: {error}")
    order_follow(row.mac)
    return done


def _difference(row: CsvPhone, phone: Phone) -> str:
    different = [
        name
        for name, wanted, there in (
            ("model", row.model_id, phone.model_id),
            ("version", row.version or phone.version, phone.version),
            ("description", row.description or phone.description.strip(), phone.description.strip()),
        )
        if wanted != there
    ]
    return f"keeps its own {', '.join(different)}" if different else ""


def _versions(found: Capabilities) -> Mapping[str, tuple[str, ...]]:
    """Of every model that the config system has; an old one does not tell, so there it is the table's."""
    if found.tells_phones:
        return {model.model_id: model.versions for model in found.models.values()}
    return {model.model_id: model.versions for model in load_models().values()}


def _usual(model_id: str, versions: Sequence[str]) -> str | None:
    """The model's default, where the config system has it, else its newest."""
    model = find_model(model_id)
    return choose_version(versions, None if model is None else model.default_version, firmware="")


def _reason_against(row: CsvPhone, versions: Mapping[str, tuple[str, ...]], *, takes_lines: bool) -> str:
    """Why this row would be refused; ``""`` for nothing that can be told beforehand."""
    if row.model_id not in versions:
        return f"the config system has no model {row.model_id!r}"
    if row.version and row.version not in versions[row.model_id]:
        return f"{row.model_id} has no version {row.version!r}; it has {', '.join(versions[row.model_id]) or 'none'}"
    if len(row.description) > MAX_LENGTH:
        return f"its description has {len(row.description)} characters, the config system holds {MAX_LENGTH}"
    if not row.description.replace("\n", "").replace("\r", "").isprintable():
        return "its description holds characters that cannot be printed"
    if row.users and not takes_lines:
        return "this config system takes no lines, leave them out and give them on its own pages"
    model = find_model(row.model_id)
    if model is not None and len(row.users) > model.max_line_count:
        return f"{len(row.users)} lines, a {model.label} takes {model.max_line_count}"
    return ""
