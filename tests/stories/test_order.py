"""What one person does in two ways is done in the order in which they did it, however much else waits."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.queries.message_status import StatusOf
from store.engine.transaction import Transaction
from tests.stories.test_undo import opened
from tests.support.houses.house import until
from tests.support.houses.office import Office


@pytest.fixture
def office(url: str, tmp_path: Path) -> Iterator[Office]:
    with Office(url, tmp_path, undo="0s") as standing:
        yield standing


def slow(tx: Transaction, items: Sequence[int]) -> list[None]:
    time.sleep(0.02 * len(items))
    return [None] * len(items)


def test_a_message_is_done_before_a_command_that_was_typed_after_it(office: Office) -> None:
    opened(office)
    people, root = office.slack.people, office.card().ts
    place = f"{office.slack.workspace.home.id}/C0TRIAGE"
    waiting = [office.app.writer.put(slow, number) for number in range(600)]
    message = people.post("sam", "triage", "!reply It was a filter.", thread_ts=root)
    kept = StatusOf("slack", f"m:{place}/{message.ts}")
    assert until(lambda: office.ask(kept))
    time.sleep(0.3)  # a moment later, as people do
    people.slash("sam", "triage", "/case close CS-000001 resolved", wait=10)
    assert not all(future.done() for future in waiting), "much still waits"
    assert until(lambda: "closed" in office.history() and "answered" in office.history())
    done = [name for name in office.history() if name in ("answered", "closed")]
    assert done == ["answered", "closed"]
