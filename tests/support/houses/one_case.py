"""An office with one case, opened by mail, that Sam owns; and what can be counted there."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.notify import boards
from bot.queries.lists import ListOutbox
from channels.slack.workspace.web_api import PAGE
from rehearsal.slack.people.people import People
from tests.support.houses.house import until
from tests.support.houses.office import Office
from tests.support.setup import databases

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"
REST = timedelta(seconds=0.2)
"""For ``bot.notify.boards.CARD_INTERVAL``: a card that is shown anew sooner holds nobody up."""


@contextmanager
def one_case(folder: Path, *, mode: str = "socket") -> Iterator[Office]:
    """On SQLite; Slack tries again almost at once."""
    with Office(databases.sqlite(folder), folder, mode=mode) as office:
        office.slack.workspace.app.retry_scale = 0.005
        office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped yesterday at noon.\n\nAna")
        assert office.mails("ana@")
        office.in_thread("stopped yesterday")
        office.click("sam", "case_take")
        yield office


def one_case_in_mode(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """Open a desk with one case in the mode that the parameter names; cards are redrawn without delay."""
    monkeypatch.setattr(boards, "CARD_INTERVAL", REST)
    with one_case(tmp_path, mode=request.param) as office:
        yield office


def one_case_drained(tmp_path: Path) -> Iterator[Office]:
    """Open a desk with one case and no waiting deliveries."""
    with one_case(tmp_path) as office:
        office.drained()
        yield office


def history(office: Office) -> list[str]:
    """The case's, once what was kept is worked off."""
    until(lambda: not office.inbox("waiting"))
    return [event.name for event in office.case().history]


def ids(office: Office) -> Counter[str]:
    """How often each of our messages stands in Slack, by the id in its metadata."""
    with office.slack.workspace.lock:
        messages = [m for c in office.slack.workspace.channels.values() for m in c.messages.values()]
    about = ((m.metadata or {}).get("event_payload", {}).get("id") for m in messages)
    return Counter(one for one in about if one and one != "0")


def assert_each_once(office: Office) -> None:
    """Everything was said, and nothing twice."""
    office.drained()
    assert set(ids(office).values()) == {1}
    assert not office.ask(ListOutbox("waiting"))
    assert not office.ask(ListOutbox("dead"))


def more_than_a_page(people: People, channel: str, thread_ts: str = "") -> None:
    """Another bot says more than Slack shows at once; we keep none of it."""
    people.join("weather", channel)
    for number in range(PAGE + 10):
        people.post("weather", channel, f"{number} degrees", thread_ts=thread_ts)


def hurry(office: Office) -> None:
    """What was put off is tried again, as an operator may ask, until nothing waits."""
    while office.ask(ListOutbox("waiting")):
        office.app.desk.retry()
        time.sleep(0.1)
