"""An incident in a rehearsal workspace: a manager tells the customers of many cases the same by a form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.queries.broadcasts import ListBroadcasts
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, open_form, standing, words_of

WORDS = "Hello {{ first_name }}, deals deliver again ({{ case }})."


@pytest.fixture(params=["socket", "http"])
def slack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SlackHouse]:
    with standing(tmp_path, mode=request.param) as house:
        house.open_case(subject="Deal ID 12333: no delivery")
        house.open_case(user="noa", subject="Deal ID 12333 stopped")
        house.open_case(subject="An invoice")
        house.settled()
        yield house


def read(slack: SlackHouse, words: str) -> list[str]:
    """The channels in which somebody reads this."""
    conversations = slack.workspace.channels.values()
    return [c.id for c in conversations for m in c.messages.values() if words in words_of(m.blocks) + m.text]


def test_a_manager_tells_the_customers_of_an_incident_by_a_form_after_a_preview_once_story(
    slack: SlackHouse,
) -> None:
    people = slack.people
    open_form(people, "mia", "C0TRIAGE", "/case broadcast", text=WORDS)
    assert "Choose at least one" in str(people.submit("mia", "modal", wait=5).errors)
    people.type_into("mia", "modal", "numbers", "CS-000003, nine")
    assert "“nine” is no case number" in str(people.submit("mia", "modal", wait=5).errors)
    people.type_into("mia", "modal", "numbers", "")
    people.type_into("mia", "modal", "ids", "12333")
    seen = people.submit("mia", "modal", wait=5)
    assert seen.modal
    shown = words_of(seen.modal.body["blocks"])
    assert "Cases: *2*. People who read it: *2*." in shown
    assert "Hello Ana, deals deliver again (CS-000001)." in shown
    assert "CS-000001, CS-000002" in shown
    people.close_view("mia", "modal")  # back, and with one more
    people.type_into("mia", "modal", "numbers", "3")
    seen = people.submit("mia", "modal", wait=5)
    assert seen.modal
    assert "Cases: *3*." in words_of(seen.modal.body["blocks"])
    people.close_view("mia", "modal")
    people.type_into("mia", "modal", "numbers", "")
    people.submit("mia", "modal", wait=5)
    assert not read(slack, "deals deliver again (CS-")
    sent = people.submit("mia", "modal", wait=5)
    assert sent.modal
    assert "on its way to the customers of 2 cases" in words_of(sent.modal.body["blocks"])
    assert until(lambda: read(slack, "Hello Ana, deals deliver again (CS-000001)."))
    assert until(lambda: read(slack, "deals deliver again (CS-000002)."))
    assert until(lambda: read(slack, "2 messages went out, on 2 cases. On CS-000001 it reads:"))
    assert not read(slack, "deals deliver again (CS-000003).")
    (view,) = slack.ask(ListBroadcasts())
    assert [line.outcome for line in view.lines] == ["told", "told"]


def test_a_double_click_sends_once(slack: SlackHouse) -> None:
    people = slack.people
    open_form(people, "mia", "C0TRIAGE", "/case broadcast", text="It is mended.")
    people.choose("mia", "modal", "state", "new open waiting")
    preview = people.submit("mia", "modal", wait=5).modal
    assert preview
    for _ in range(2):
        with slack.workspace.lock:
            slack.workspace.stacks[preview.user] = [preview]
        people.submit("mia", preview.id, wait=5)
    assert until(lambda: read(slack, "went out, on 3 cases:"))
    slack.settled()
    assert [slack.history_of("broadcast", number) for number in (1, 2, 3)] == [1, 1, 1]


def test_specialists_and_customers_have_no_such_form(slack: SlackHouse) -> None:
    for user, says in (("sam", "Only managers"), ("ana", "Only the support team")):
        seen = slack.people.slash(user, "C0GENERAL", "/case broadcast", wait=5)
        assert says in seen.ephemerals[0].text
