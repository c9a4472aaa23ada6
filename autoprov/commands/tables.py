"""What the command line prints: rich tables for people, plain facts for scripts."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autoprov.boot_root.boot_root import RootReport
from autoprov.checks.finding import Finding, Level
from autoprov_phones.description import parse_description
from autoprov_queue.entry import EntryState, QueueEntry
from autoprov_queue.order import Order
from autoprov_sightings.sighting import Sighting
from sipxconfig_client.values import Phone
from sipxconfig_server.records import User

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.WRONG: "bold red"}
_WIDTH_OF_A_PIPE = 2000
_STATE_COLOURS = {EntryState.CREATED: "green", EntryState.REFUSED: "bold red"}


def show_findings(findings: Sequence[Finding]) -> None:
    """One line a finding, and under it what to do."""
    console = _console()
    for finding in findings:
        colour = _COLOURS[finding.level]
        console.print(Text.assemble((f"{finding.level.value:>8}", colour), "  ", _plain(finding.what)), soft_wrap=True)
        if finding.mend and finding.level is not Level.OK:
            console.print(Text("          to mend: ") + _plain(finding.mend), soft_wrap=True)


def phone_facts(phone: Phone) -> dict[str, object]:
    """A phone of the config system for JSON; never a line's password."""
    ours = parse_description(phone.description)
    return {
        "mac": phone.serial_number,
        "model": phone.model_label,
        "version": phone.version,
        "lines": [line.user or line.user_id for line in phone.lines],
        "unique_id": str(ours.unique_id) if ours else None,
        "address": ours.contact_host if ours else None,
        "firmware": ours.firmware if ours else None,
        "description": phone.description,
    }


def show_phones(phones: Sequence[Phone]) -> None:
    """The phones of the config system, as the page lists them."""
    table = Table("Unique ID", "Phone", "Lines", "Model", "IP", "Firmware", box=None, header_style="bold")
    for phone in phones:
        facts = phone_facts(phone)
        lines = ", ".join(line.user or line.user_id or "?" for line in phone.lines) or "- unassigned -"
        shown = (facts["unique_id"], facts["mac"], lines, facts["model"], facts["address"], facts["firmware"])
        table.add_row(*(_plain(str(value or "")) for value in shown))
    _console().print(table if phones else "no phones")


def entry_facts(entry: QueueEntry) -> dict[str, object]:
    """A queue entry for JSON."""
    return {
        "mac": str(entry.phone.tag.mac),
        "unique_id": str(entry.phone.tag.unique_id),
        "model": entry.phone.software.model,
        "firmware": entry.phone.software.firmware,
        "address": entry.phone.contact_host,
        "state": entry.state.value,
        "attempts": entry.attempts,
        "first_seen_at": entry.first_seen_at.isoformat(),
        "seen_at": entry.phone.seen_at.isoformat(),
        "due_at": entry.due_at.isoformat() if entry.due_at else None,
        "last_answer": entry.last_answer,
    }


def show_queue(entries: Sequence[QueueEntry], *, now: datetime) -> None:
    """The queue, with what it waits for."""
    table = Table(
        "Unique ID", "Phone", "Model", "State", "Attempts", "Due", "Last answer", box=None, header_style="bold"
    )
    for entry in entries:
        wait = max(0, round((entry.due_at - now).total_seconds())) if entry.due_at else None
        table.add_row(
            str(entry.phone.tag.unique_id),
            str(entry.phone.tag.mac),
            _plain(entry.phone.software.model),
            Text(entry.state.value, style=_STATE_COLOURS.get(entry.state, "")),
            str(entry.attempts),
            "" if wait is None else f"in {wait} s",
            _plain(entry.last_answer),
        )
    _console().print(table if entries else "the queue is empty")


def order_facts(order: Order) -> dict[str, object]:
    """A pending order for JSON."""
    return {
        "kind": order.kind.value,
        "attempts": order.attempts,
        "due_at": order.due_at.isoformat(),
        "last_answer": order.last_answer,
    }


def show_entry(entry: QueueEntry, orders: Sequence[Order], *, now: datetime) -> None:
    """One phone's entry, a fact a line, and what is still to be done about it."""
    facts = {name: value for name, value in entry_facts(entry).items() if value not in (None, "")}
    table = Table(box=None, show_header=False)
    for name, value in facts.items():
        table.add_row(Text(name.replace("_", " "), style="bold"), _plain(str(value)))
    for order in orders:
        wait = max(0, round((order.due_at - now).total_seconds()))
        words = f"{order.kind.value}, {order.attempts} attempts, due in {wait} s"
        table.add_row(
            Text("order", style="bold"), _plain(f"{words}: {order.last_answer}" if order.last_answer else words)
        )
    _console().print(table)


def user_facts(user: User, phones: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """A user for JSON, never the password; *phones* are serial numbers by user name."""
    return {
        "user_name": user.user_name,
        "display_name": user.display_name,
        "phones": list(phones.get(user.user_name, ())),
    }


def show_users(users: Sequence[User], phones: Mapping[str, Sequence[str]]) -> None:
    """The users of the embedded inventory; *phones* as for ``user_facts``."""
    table = Table("User", "Display name", "Phones", box=None, header_style="bold")
    for user in users:
        shown = (user.user_name, user.display_name, ", ".join(phones.get(user.user_name, ())))
        table.add_row(*map(_plain, shown))
    _console().print(table if users else "no users; autoprov user add, or: autoprov user import")


def show_boot_roots(reports: Sequence[RootReport]) -> None:
    """The roots of TFTP and FTP servers into which we wrote, and how they stand."""
    table = Table("Boot root", "State", "Written", "Looks like", "What was there", box=None, header_style="bold")
    for report in reports:
        table.add_row(
            _plain(str(report.root)),
            _plain("; ".join(filter(None, (report.state.value, report.trouble)))),
            f"{report.record.written_at:%Y-%m-%d %H:%M} UTC",
            _plain(report.maker.who if report.maker else ""),
            "kept" if report.record.backup else "nothing",
        )
    _console().print(table if reports else "we wrote into no boot root")


def sighting_facts(sighting: Sighting) -> dict[str, object]:
    """A sighting for JSON."""
    return {
        "at": sighting.at.isoformat(),
        "stage": sighting.stage.value,
        "verdict": sighting.verdict,
        "detail": sighting.detail,
        "address": sighting.address,
    }


def show_timeline(sightings: Sequence[Sighting]) -> None:
    """What was seen of one phone, by the local clock."""
    table = Table("When", "What", "Verdict", "Detail", "Address", box=None, header_style="bold")
    for each in sightings:
        table.add_row(
            f"{each.at.astimezone():%Y-%m-%d %H:%M:%S}",
            each.stage.value,
            *(_plain(text) for text in (each.verdict, each.detail, each.address)),
        )
    _console().print(table)


def _plain(text: str) -> Text:
    """*text* as it is: neither markup nor emoji, and of what a terminal would act upon a ``?`` is left."""
    return Text("".join(char if char.isprintable() or char == "\n" else "?" for char in text))


def _console() -> Console:
    """As wide as the terminal; in a pipe or a file wide enough that a row stays a line."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_PIPE
    return console
