"""Overload on connections: who sends faster than we read gets 503, and is read more slowly."""

from collections.abc import Callable
from typing import assert_never

from registrar_plugin.hosts.admission import Admission
from registrar_plugin.hosts.loop_lag import LoopLag
from registrar_plugin.hosts.overload import Treatment
from registrar_plugin.hosts.stream import StreamConnection


class StreamAdmission:
    """Gives each message to *receive* or, under overload, to *turn_away*; none goes without an answer.

    What a datagram would be dropped for makes a connection rest: the rest waits at its sender, which TCP holds back.
    """

    def __init__(
        self,
        admission: Admission,
        lag: LoopLag,
        *,
        receive: Callable[[bytes, StreamConnection], None],
        turn_away: Callable[[bytes, StreamConnection], None],
    ) -> None:
        self._admission = admission
        self._lag = lag
        self._receive = receive
        self._turn_away = turn_away

    def take(self, data: bytes, connection: StreamConnection) -> None:
        """Serve one message of *connection*, or say when to come again."""
        waited = max(connection.behind_for, self._lag.now())
        match self._admission.judge(connection.source[0], waited=waited):
            case Treatment.SERVE:
                self._receive(data, connection)
            case Treatment.TURN_AWAY:
                self._turn_away(data, connection)
            case Treatment.DROP:
                self._turn_away(data, connection)
                connection.rest()
            case _ as never:
                assert_never(never)
