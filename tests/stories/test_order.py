"""What people do in Slack is done in its order, whichever way they do it, however much else waits."""

from __future__ import annotations

import time
from collections.abc import Sequence

from store.engine.transaction import Transaction
from tests.stories.test_undo import opened
from tests.support.houses.house import until
from tests.support.houses.office import Office
from tests.support.setup.fixtures import open_on_each_database

office = open_on_each_database(Office, undo="0s")


def slow(tx: Transaction, items: Sequence[int]) -> list[None]:
    time.sleep(0.02 * len(items))
    return [None] * len(items)


def test_what_is_typed_in_a_thread_is_done_before_the_mail_that_waits(office: Office) -> None:
    opened(office)
    card = office.card()
    office.drained()  # that the card's thread is the case's is known
    waiting = [office.app.writer.put(slow, number) for number in range(600)]
    office.slack.people.post("sam", "triage", "!reply It was a filter.", thread_ts=card.ts)
    assert until(lambda: office.case().entries[-1].text == "It was a filter.")
    assert not all(future.done() for future in waiting), "as a click or a form would be, and in their order"
    assert until(lambda: all(future.done() for future in waiting)), "which has its turns all the same"
