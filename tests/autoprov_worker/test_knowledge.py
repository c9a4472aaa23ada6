"""Whatever happens in whatever order, no phone that has its line is taken for a new one (Hypothesis decides the order).

Everything is real: the config system behind its socket, the worker, snapshots that stand still half-way, the spool's
files and the function that the phone-facing path looks at them with.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Thread

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from autoprov_phones.mac import MacAddress
from autoprov_queue.order import OrderKind
from autoprov_web.spool_reader import Known, Stranger, look_up
from autoprov_worker.knowledge import Knowledge
from autoprov_worker.snapshot import take_snapshot
from sipxconfig_client.errors import Unreachable
from sipxconfig_client.values import NewPhone, UserLine
from sipxconfig_server.records import PhoneRecord
from tests.autoprov_queue.values import detected
from tests.autoprov_worker.site import SETTINGS, Site, site_in
from tests.peers.faulty_http import Fault

MAX_AGE = timedelta(minutes=15)
SECOND = timedelta(seconds=1)
MACS = [MacAddress(text) for text in ("0004f2000001", "0004f2000002", "64167f00000a", "001565000001")]
"""The last is one that the API takes for an id."""

macs = st.sampled_from(MACS)
admin_actions = st.sampled_from(["create", "assign", "unassign", "delete", "rename"])
faults = st.sampled_from([Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.STATUS_503, Fault.HTML_404, Fault.EMPTY_404])


class _Abandoned(Exception):
    """The snapshot's process is killed."""


class SnapshotRun:
    """A snapshot in a thread of its own that stands still after each phone until it is told to go on."""

    def __init__(self, site: Site) -> None:
        self._told: SimpleQueue[bool] = SimpleQueue()
        self._stands: SimpleQueue[bool] = SimpleQueue()
        self._knowledge = Knowledge(site.queue, site.client, site.spool, SETTINGS)
        self._thread = Thread(target=self._run, args=(site, site.clock.now))
        self._thread.start()
        self.is_over = self._stands.get()

    def go_on(self, *, kill: bool = False) -> None:
        """To the next phone, or the end."""
        if not self.is_over:
            self._told.put(kill)
            self.is_over = self._stands.get()

    def end(self) -> None:
        """Kill it where it stands."""
        self.go_on(kill=True)
        self._thread.join()

    def _run(self, site: Site, now: datetime) -> None:
        try:
            take_snapshot(site.client, self._knowledge, site.spool, now=now, between=self._pause, breath=1)
        except (Unreachable, _Abandoned):
            pass
        finally:
            self._stands.put(True)

    def _pause(self) -> None:
        self._stands.put(False)
        if self._told.get():
            raise _Abandoned


class PhonesAndTheirLines(RuleBasedStateMachine):
    """*lined_since* is the truth; *followed* are those whose line the worker was told of and looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.site = self.stack.enter_context(site_in(folder))
        self.runs: list[SnapshotRun] = []
        self.lined_since: dict[MacAddress, datetime] = {}
        self.followed: set[MacAddress] = set()
        self.hijacked: list[str] = []
        """Phones that would have been, had they asked for their file between two requests of ours."""

    def teardown(self) -> None:
        self.site.proxy.before = lambda _request: None
        for run in self.runs:
            run.end()
        self.stack.close()

    @rule(mac=macs, other=macs, action=admin_actions)
    def administrator_at_its_own_pages(self, mac: MacAddress, other: MacAddress, action: str) -> None:
        self.site.clock.forward(SECOND)
        self.act(mac, other, action)

    @rule(mac=macs)
    def assigned_at_our_page_and_followed(self, mac: MacAddress) -> None:
        self.site.clock.forward(SECOND)
        if self.site.admin.phone(mac) is not None:
            self.act(mac, mac, "assign")
            self.site.queue.order(OrderKind.FOLLOW, mac)

    @rule(mac=macs, other=macs, action=admin_actions, at=st.integers(0, 4))
    def phone_registers_while_something_happens(self, mac: MacAddress, other: MacAddress, action: str, at: int) -> None:
        self.site.queue.put([detected(mac, seen_at=self.site.clock.forward(SECOND))])
        self.meanwhile(at, lambda: self.act(mac, other, action))
        self.work()

    @rule()
    def work(self) -> None:
        """What is due, after the longest wait that an outage may have caused."""
        self.site.clock.forward(SECOND)
        told = {order.mac for order in self.site.queue.pending_orders() if order.kind is OrderKind.FOLLOW}
        self.site.step()
        self.site.proxy.before = lambda _request: None
        pending = {order.mac for order in self.site.queue.pending_orders() if order.kind is OrderKind.FOLLOW}
        unmoved = {mac for mac, since in self.lined_since.items() if since < self.site.clock.now}
        self.followed |= (told - pending) & unmoved

    @precondition(lambda self: len(self.runs) < 2)
    @rule(mac=macs, other=macs, action=admin_actions, at=st.integers(0, 2))
    def snapshot_begins(self, mac: MacAddress, other: MacAddress, action: str, at: int) -> None:
        self.site.clock.forward(SECOND)
        self.meanwhile(at, lambda: self.act(mac, other, action))
        self.runs.append(SnapshotRun(self.site))
        self.site.proxy.before = lambda _request: None

    @precondition(lambda self: bool(self.runs))
    @rule(which=st.integers(0, 1), steps=st.integers(1, 5), kill=st.booleans())
    def snapshot_goes_on(self, which: int, steps: int, kill: bool) -> None:
        self.site.clock.forward(SECOND)
        run = self.runs[which % len(self.runs)]
        for _ in range(steps):
            run.go_on()
        if kill:
            run.end()
        self.runs = [run for run in self.runs if not run.is_over]

    @rule(fault=faults)
    def network_fails_once(self, fault: Fault) -> None:
        self.site.proxy.faults.append(fault)

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.site.clock.forward(timedelta(minutes=minutes))

    @invariant()
    def no_phone_with_a_line_is_taken_for_a_new_one(self) -> None:
        self.hijacked += self.hijacks()
        assert self.hijacked == []

    def hijacks(self) -> list[str]:
        """What is wrong with the answers that the phones with a line would get now."""
        now, wrong = self.site.clock.now, list[str]()
        spool = str(self.site.folder / "spool")
        for mac, since in self.lined_since.items():
            found = look_up(spool, mac, now=now.timestamp(), max_age=MAX_AGE.total_seconds())
            if isinstance(found, Stranger) or (isinstance(found, Known) and not found.entry.is_assigned):
                vouched = self.site.snapshot_time()
                if vouched is None or since.timestamp() < vouched:
                    wrong.append(f"{mac} had its line when the snapshot began")
                if now - since > MAX_AGE:
                    wrong.append(f"{mac} has its line for longer than a snapshot counts")
                if mac in self.followed:
                    wrong.append(f"{mac} was followed")
        return wrong

    def meanwhile(self, at: int, do: Callable[[], None]) -> None:
        """Do it just before the *at*-th request from now on gets through, if so many do."""
        left = [do]
        passed = iter(range(at, -1, -1))

        def before(_request: str) -> None:
            self.hijacked += self.hijacks()
            if next(passed, None) == 0 and left:
                left.pop()()

        self.site.proxy.before = before

    def act(self, mac: MacAddress, other: MacAddress, action: str) -> None:
        """What an administrator does, past the proxy and without a word to us."""
        inventory = self.site.server.inventory
        phone = inventory.phone_with_serial(str(mac))
        if action == "create":
            self.site.admin.create(NewPhone(mac, "polycomVVX410", None, ""))
        elif phone is None:
            return
        elif action == "assign" and not phone.lines:
            # By its id: a client that has not seen the rename need not find it by an all-digit MAC.
            self.site.admin.add_line(phone.id, UserLine("200"))
            self.lined_since[mac] = self.site.clock.now
        elif action == "unassign":
            inventory.delete_lines(phone.id)
            self.forget(mac)
        elif action == "delete":
            inventory.delete_phone(phone.id)
            self.forget(mac)
        elif action == "rename" and inventory.phone_with_serial(str(other)) is None:
            record = phone.record
            inventory.replace_phone(
                phone.id, PhoneRecord(str(other), record.model_id, record.version, record.description)
            )
            self.forget(mac)
            if phone.lines:
                self.lined_since[other] = self.site.clock.now

    def forget(self, mac: MacAddress) -> None:
        self.lined_since.pop(mac, None)
        self.followed.discard(mac)


TestPhonesAndTheirLines = PhonesAndTheirLines.TestCase
TestPhonesAndTheirLines.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
