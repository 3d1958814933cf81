"""Refreshes and lanes: what is shown anew is shown once for all changes, and what is said stays in order."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.workers.backlog import DeliveryOrder
from store.engine.database import Database
from store.engine.lease import LEASE
from store.queues import claim as claims
from store.queues import outbox
from store.queues.outbox import DeliveryOutcome, Outgoing
from tests.support.setup.postgres import Server

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
REST = timedelta(seconds=3)
A_SECOND = timedelta(seconds=1)
CARD = Outgoing(7, "slack", "C1", "", b"card/1", NOW, attempts=1, fence=1, key="card/1")


def refresh(database: Database, at: datetime, id: int = 7) -> Outgoing | None:
    with database.writing() as tx:
        return outbox.refresh(
            tx, replace(CARD, id=id), notice="card", now=at, until=at + LEASE, interval=REST
        )


def settle(database: Database, row: Outgoing, at: datetime, place: str = "T1/C1/1.5") -> int:
    with database.writing() as tx:
        return outbox.settle(tx, [DeliveryOutcome(row, "sent", "", at, place=place)])


def free(database: Database, row: Outgoing, at: datetime) -> None:
    with database.writing() as tx:
        outbox.free(tx, [(row, at)])


def claim(database: Database, at: datetime) -> list[Outgoing]:
    with database.writing() as tx:
        return claims.deliveries(tx, now=at, until=at + LEASE, most=9)


def test_the_first_showing_is_at_once_and_the_next_knows_where_it_stands(database: Database) -> None:
    first = refresh(database, NOW)
    assert first is not None
    assert settle(database, first, NOW) == 1
    again = refresh(database, NOW + 10 * A_SECOND, id=8)
    assert again is not None
    assert (again.id, again.place, again.fence) == (7, "T1/C1/1.5", 2)


def test_a_change_that_meets_a_claim_does_not_forget_that_the_card_may_have_been_posted(
    postgres: Server,
) -> None:
    """Else nobody looks for what a process posted before it was killed, and the case has a second card."""
    with postgres.with_schema() as url:
        database = Database(url)
        first = refresh(database, NOW)
        assert first is not None
        with database.writing() as tx:
            outbox.settle(tx, [DeliveryOutcome(first, "waiting", "", NOW, next=NOW, untried=True)])
        change = threading.Thread(target=refresh, args=(database, NOW + A_SECOND, 8))
        with database.writing() as tx:
            (held,) = claims.deliveries(tx, now=NOW + A_SECOND, until=NOW + LEASE, most=9)
            change.start()
            time.sleep(0.5)  # it has read the row, and waits for the claim
        change.join()
        (again,) = claim(database, NOW + LEASE + A_SECOND)
        database.close()
    assert (held.attempts, again.attempts) == (1, 2)


def test_a_card_that_stands_is_as_old_as_its_last_change(database: Database) -> None:
    first = refresh(database, NOW)
    assert first is not None
    settle(database, first, NOW)
    later = NOW + timedelta(days=6)
    again = refresh(database, later, id=8)
    assert again is not None
    assert again.created_at == later, "patience begins anew"


def test_a_card_that_stands_nowhere_goes_where_the_desk_is_now(database: Database) -> None:
    first = refresh(database, NOW)
    assert first is not None
    with database.writing() as tx:
        outbox.settle(tx, [DeliveryOutcome(first, "dead", "channel_not_found", NOW)])
        moved = replace(CARD, id=8, recipient="C2")
        again = outbox.refresh(
            tx, moved, notice="card", now=NOW + REST, until=NOW + REST + LEASE, interval=REST
        )
    assert again is not None
    assert (again.recipient, again.created_at) == ("C2", NOW)
    (row,) = claim(database, NOW + REST + 2 * LEASE)
    assert row.recipient == "C2"


def test_changes_that_come_quickly_are_shown_together_after_a_rest(database: Database) -> None:
    first = refresh(database, NOW)
    assert first is not None
    settle(database, first, NOW)
    assert refresh(database, NOW + A_SECOND, id=8) is None
    assert refresh(database, NOW + 2 * A_SECOND, id=9) is None
    assert claim(database, NOW + 2 * A_SECOND) == []
    (row,) = claim(database, NOW + REST + 3 * A_SECOND)
    assert row.id == 7


def test_a_change_during_a_showing_is_not_lost(database: Database) -> None:
    first = refresh(database, NOW)
    assert first is not None
    assert refresh(database, NOW + A_SECOND, id=8) is None
    assert settle(database, first, NOW + 2 * A_SECOND) == 0, "it showed an older state"
    free(database, first, NOW + REST)
    (row,) = claim(database, NOW + A_SECOND + REST)
    assert (row.place, row.id) == ("T1/C1/1.5", 7), "but what it posted is edited from now on"


def test_nobody_else_shows_it_while_an_older_state_is_on_its_way(database: Database) -> None:
    """Else a case has two cards: both look for an earlier one, find none, and post theirs."""
    first = refresh(database, NOW)
    assert first is not None
    assert refresh(database, NOW + A_SECOND, id=8) is None
    assert refresh(database, NOW + 2 * A_SECOND, id=9) is None
    assert claim(database, NOW + 3 * REST) == []
    free(database, first, NOW + 4 * REST)
    (second,) = claim(database, NOW + 4 * REST)
    assert second.attempts == 2
    assert refresh(database, NOW + 4 * REST + A_SECOND, id=10) is None
    free(database, first, NOW + 4 * REST)
    assert claim(database, NOW + 5 * REST) == [], "whoever has taken it up since keeps it"
    free(database, second, NOW + 5 * REST)
    assert len(claim(database, NOW + 5 * REST)) == 1


def test_what_was_on_its_way_in_a_process_that_died_is_shown_once_its_lease_is_over(
    database: Database,
) -> None:
    assert refresh(database, NOW) is not None
    assert refresh(database, NOW + A_SECOND, id=8) is None
    (row,) = claim(database, NOW + LEASE + A_SECOND)
    assert (row.id, row.attempts) == (7, 2)


def test_a_lane_lets_one_go_after_the_other_and_other_lanes_pass() -> None:
    lanes = DeliveryOrder()
    rows = [replace(CARD, id=number, key="") for number in range(4)]
    assert lanes.enter("a", rows[0])
    assert not lanes.enter("a", rows[1])
    assert lanes.enter("b", rows[2])
    assert lanes.enter("", rows[3])
    assert lanes.enter("", rows[3]), "the lane without a name has room for everybody"
    assert lanes.leave("a", rows[0]) is rows[1]
    assert lanes.leave("a", rows[1]) is None
    assert lanes.enter("a", rows[0]), "an empty lane is open again"


def test_whoever_stands_behind_one_that_was_put_off_waits_too_but_a_card_does_not() -> None:
    lanes = DeliveryOrder()
    first, second, third = (replace(CARD, id=number, key="") for number in range(3))
    for row in (first, second, CARD, third):
        lanes.enter("a", row)
    assert lanes.clear("a", "C1") == [second, third]
    assert lanes.leave("a", first) is CARD


def test_whoever_goes_elsewhere_does_not_wait_for_one_that_was_put_off() -> None:
    lanes = DeliveryOrder()
    customer, more, desk = (
        replace(CARD, id=n, key="", recipient=to) for n, to in enumerate(("U1", "U1", "C1"))
    )
    for row in (customer, more, desk):
        lanes.enter("a", row)
    assert lanes.clear("a", "U1") == [more]
    assert lanes.leave("a", customer) is desk


def test_an_older_one_that_comes_later_goes_before_those_that_wait_but_not_before_the_first() -> None:
    lanes = DeliveryOrder()
    rows = [replace(CARD, id=number, key="") for number in range(5)]
    for number in (3, 4, 1, 2):
        lanes.enter("a", rows[number])
    assert lanes.leave("a", rows[3]) is rows[1]
    assert lanes.leave("a", rows[1]) is rows[2]
    assert lanes.leave("a", rows[2]) is rows[4]
