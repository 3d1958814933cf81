"""A form opens in time or says at once what to do instead, however busy Slack or this machine is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from channels.slack.app import LISTENERS
from channels.slack.interactive.view_submissions import AGAIN
from tests.slack.interactive.test_slash_command import held
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, open_form, standing_in_mode, words_of

slack = pytest.fixture(standing_in_mode, params=["socket", "http"])


@contextmanager
def busy_listeners(slack: SlackHouse, *, people: int) -> Iterator[None]:
    """The desk's writer is held, and so many people have asked for something."""
    release = held(slack)
    take = lambda: slack.people.slash("sam", "C0TRIAGE", "/case take CS-000001")  # noqa: E731
    busy = [threading.Thread(target=take) for _ in range(people)]
    try:
        for thread in busy:
            thread.start()
        listening = lambda: [t for t in threading.enumerate() if t.name.startswith("slack-desk")]  # noqa: E731
        assert until(lambda: len(listening()) > 14)
        yield
    finally:
        release.set()
        for thread in busy:
            thread.join()


def test_a_form_opens_while_every_thread_that_answers_is_busy(slack: SlackHouse) -> None:
    slack.open_case()
    with busy_listeners(slack, people=34):
        seen = slack.people.slash("ana", "C0GENERAL", "/case new Deal ID 12333", wait=3)
        assert seen.acked, seen
        assert seen.modal
        assert seen.modal.values()["subject"]["subject"]["value"] == "Deal ID 12333"


def test_whoever_sends_a_form_that_waits_for_a_thread_is_answered_in_time(slack: SlackHouse) -> None:
    slack.open_case()
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case reply CS-000001", text="It began on Monday.")
    with busy_listeners(slack, people=LISTENERS):
        seen = people.submit("ana", "modal")
        assert seen.acked, seen
        assert seen.errors == {"text": AGAIN}
    assert until(lambda: "It began on Monday." in [entry.text for entry in slack.case().entries])
    people.submit("ana", "modal")
    assert [entry.text for entry in slack.case().entries].count("It began on Monday.") == 1


def test_those_who_type_while_the_store_is_busy_hold_up_nobody_else(slack: SlackHouse) -> None:
    people = slack.people
    assert people.slash("ana", "C0GENERAL", "/case new", wait=5).modal
    release = held(slack)
    try:
        for line in range(LISTENERS):
            assert people.type_into("ana", "modal", "text", f"It stopped {line} times.").acked
        seen = people.slash("noa", "C0GENERAL", "/case my", wait=5)
        assert seen.acked, seen
        assert "takes longer than usual" in seen.text, "it is in hand, and that is said"
    finally:
        release.set()
    people.close_view("ana", "modal", all=True)

    def resumed() -> bool:
        seen = people.slash("ana", "C0GENERAL", "/case new", wait=5)
        return bool(seen.modal) and "It stopped 19 times." in str(seen.modal.body)

    assert until(resumed), "what was typed last is kept"


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        ("new", "Or tell me in a direct message: `!new Deal ID 12333: no delivery for 24 hours`"),
        ("reply CS-000001", "Or type it: `/case reply CS-000001 …`"),
        ("attach CS-000001", "Or put the files into the thread of the case."),
    ],
)
def test_a_form_that_slack_has_no_time_for_is_told_at_once(
    slack: SlackHouse, words: str, instead: str
) -> None:
    slack.open_case()
    slack.workspace.faults.add(
        "ratelimited", method="views.open", retry_after=600
    )  # nobody waits for that long
    seen = slack.people.slash("ana", "C0GENERAL", f"/case {words}", wait=5)
    assert seen.acked
    assert until(lambda: slack.workspace.ephemerals)
    told = slack.workspace.ephemerals[-1].text
    assert "did not let me open the form. Nothing was done" in told
    assert instead in told
    assert len(slack.workspace.transcript.calls("views.open", status=429)) == 1


def test_the_form_names_who_helps_elsewhere_and_three_good_subjects(slack: SlackHouse) -> None:
    with slack.app.database.writing() as tx:
        tx.connection.exec_driver_sql("UPDATE account SET local_team = 'acme-team@local.example'")
    seen = slack.people.slash("ana", "C0ACME", "/case new", wait=5)
    assert seen.modal
    shown = words_of(seen.modal.body["blocks"])
    assert "Contact your local service team: acme-team@local.example." in shown
    for example in (
        "no delivery for 24 hours",
        "Report Task ID 1254332 failed to load",
        "Cannot access the Deals page",
    ):
        assert example in shown
    slack.people.choose("ana", "modal", "priority", "Blocker")
    assert until(lambda: "technical contact" in words_of(slack.people.modal("ana").body["blocks"]))  # type: ignore[union-attr]
    assert "acme-team@local.example" in words_of(slack.people.modal("ana").body["blocks"])  # type: ignore[union-attr]
