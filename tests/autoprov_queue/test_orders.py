from datetime import timedelta

from autoprov_queue.order import Order, OrderKind
from autoprov_queue.store import PhoneQueue
from tests.autoprov_queue.values import MAC, NOON, OTHER_MAC, HandClock

LEASE = timedelta(minutes=1)


def take(queue: PhoneQueue, kind: OrderKind = OrderKind.RESYNC) -> list[Order]:
    return queue.take_orders(kind, limit=10, lease=LEASE)


def test_an_order_is_taken_by_who_asks_for_its_kind(queue: PhoneQueue) -> None:
    queue.order(OrderKind.RESYNC, MAC)
    assert take(queue, OrderKind.FOLLOW) == []
    [order] = take(queue, OrderKind.RESYNC)
    assert (order.kind, order.mac, order.attempts) == (OrderKind.RESYNC, MAC, 1)


def test_an_order_given_twice_is_carried_out_once(queue: PhoneQueue) -> None:
    queue.order(OrderKind.RESYNC, MAC)
    queue.order(OrderKind.RESYNC, MAC)
    [order] = take(queue)
    queue.order_done(order)
    assert queue.pending_orders() == []


def test_a_taken_order_is_not_taken_by_another(queue: PhoneQueue) -> None:
    queue.order(OrderKind.RESYNC, MAC)
    assert len(take(queue)) == 1
    assert take(queue) == []


def test_an_order_whose_lease_ended_is_taken_again(queue: PhoneQueue, clock: HandClock) -> None:
    queue.order(OrderKind.RESYNC, MAC)
    [first] = take(queue)
    clock.forward(LEASE)
    [second] = take(queue)
    assert second.attempts == 2
    queue.order_done(first)
    assert len(queue.pending_orders()) == 1
    queue.order_done(second)
    assert queue.pending_orders() == []


def test_an_order_given_again_while_it_is_carried_out_is_carried_out_again(queue: PhoneQueue) -> None:
    queue.order(OrderKind.RESYNC, MAC)
    [first] = take(queue)
    queue.order(OrderKind.RESYNC, MAC)
    assert take(queue) == []
    queue.order_done(first)
    assert len(take(queue)) == 1


def test_a_failed_order_waits_until_it_is_due_again(queue: PhoneQueue, clock: HandClock) -> None:
    queue.order(OrderKind.FOLLOW, MAC)
    [order] = take(queue, OrderKind.FOLLOW)
    queue.order_failed(order, "no answer", NOON + timedelta(seconds=4))
    assert take(queue, OrderKind.FOLLOW) == []
    clock.forward(timedelta(seconds=4))
    [again] = take(queue, OrderKind.FOLLOW)
    assert (again.attempts, again.last_answer) == (2, "no answer")


def test_an_order_that_another_took_over_cannot_be_failed_by_the_first(queue: PhoneQueue, clock: HandClock) -> None:
    queue.order(OrderKind.FOLLOW, MAC)
    [first] = take(queue, OrderKind.FOLLOW)
    clock.forward(LEASE)
    [second] = take(queue, OrderKind.FOLLOW)
    queue.order_failed(first, "late", clock.now)
    assert take(queue, OrderKind.FOLLOW) == []
    queue.order_done(second)


def test_orders_are_taken_in_the_order_in_which_they_were_given(queue: PhoneQueue, clock: HandClock) -> None:
    queue.order(OrderKind.RESYNC, OTHER_MAC)
    clock.forward(timedelta(seconds=1))
    queue.order(OrderKind.RESYNC, MAC)
    assert [order.mac for order in take(queue)] == [OTHER_MAC, MAC]


def test_whoever_asked_to_be_woken_is_woken_by_an_order(queue: PhoneQueue) -> None:
    pending_when_woken: list[int] = []
    queue.on_put(lambda: pending_when_woken.append(len(queue.pending_orders())))
    queue.order(OrderKind.RESYNC, MAC)
    assert pending_when_woken == [1]
