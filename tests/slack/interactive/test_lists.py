"""Lists of cases in Slack: the queue, a search, and a specialist's home, all of them to the last case."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.commands.case import Open
from bot.commands.people import Take
from bot.commands.urgency import Concern
from bot.model.identity import Identity, Proof
from bot.model.request import Command, Request
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, words_of

ANA = Identity("slack", "T0HOME/U0ANA", "Ana Acme")
SAM = Identity("slack", "T0HOME/U0SAM", "Sam Specialist")


def asked(slack: SlackHouse, who: Identity, *commands: Command) -> None:
    """Done at the desk, as old news: nobody is told."""
    key = f"{who.address}{len(slack.cases())}{commands}"
    slack.app.desk.handle(
        Request("slack", key[:90], who, Proof.LINKED, commands, datetime.now(UTC), quiet=True)
    )


def many(slack: SlackHouse, count: int) -> None:
    for number in range(1, count + 1):
        asked(slack, ANA, Open(f"Deal ID {5000 + number}: no delivery", "It stopped at noon."))


def numbers(blocks: Any) -> list[str]:
    return re.findall(r"\*(?:<[^|>]*\|)?(CS-\d+)>?\*", words_of(blocks))


def turned(slack: SlackHouse, user: str, seen: Any) -> list[str]:
    """All cases of a list, page after page, as one reads on."""
    (list_,) = seen.ephemerals
    found = numbers(list_.blocks)
    while "Next →" in words_of(list_.blocks):
        before = words_of(list_.blocks)
        assert slack.people.click(user, "cases_on", ephemeral=list_.ts, wait=5).acked
        at = list_.ts
        list_ = until(
            lambda at=at, before=before: next(
                (m for m in slack.workspace.ephemerals if m.ts == at and words_of(m.blocks) != before), None
            )
        )
        found += numbers(list_.blocks)
    return found


def test_the_queue_lists_every_case_page_by_page(slack: SlackHouse) -> None:
    many(slack, 23)
    seen = slack.people.slash("sam", "C0TRIAGE", "/case queue")
    shown = words_of(seen.ephemerals[0].blocks)
    assert "23 cases to do." in shown
    assert "Deal ID 5001: no delivery" in shown
    assert "Ana Acme" in shown
    assert "Cases 1 to 10 of 23" in shown
    assert turned(slack, "sam", seen) == slack.cases()


@pytest.mark.parametrize(
    ("words", "which", "says"),
    [
        ("queue unassigned", ["CS-000002", "CS-000003"], "2 unassigned cases to do."),
        ("queue mine", ["CS-000001"], "1 case of yours to do."),
        ("queue concerns", ["CS-000003"], "1 case with a concern that nobody has taken."),
        ("search noon", ["CS-000003", "CS-000002", "CS-000001"], "3 cases with “noon”."),
    ],
)
def test_each_queue_and_a_search_list_their_own(
    slack: SlackHouse, words: str, which: list[str], says: str
) -> None:
    many(slack, 3)
    asked(slack, SAM, Take(1))
    asked(slack, ANA, Concern(3, text="Nobody answers."))
    (seen,) = slack.people.slash("sam", "C0TRIAGE", f"/case {words}").ephemerals
    assert says in words_of(seen.blocks)
    assert sorted(numbers(seen.blocks)) == sorted(which)


def test_a_list_in_a_talk_says_how_much_it_leaves_out(slack: SlackHouse) -> None:
    many(slack, 42)
    talk = slack.people.open_dm("sam").id
    root = slack.people.post("sam", talk, "!queue").ts
    with_list = lambda: [  # noqa: E731
        m
        for m in slack.workspace.channel(talk).messages.values()
        if m.ts != root and "CS-0000" in words_of(m.blocks)
    ]
    (told,) = until(with_list)
    assert "42 cases to do." in words_of(told.blocks)
    assert len(numbers(told.blocks)) == 30
    assert "Cases 1 to 30 of 42." in words_of(told.blocks)
    assert "too long" not in words_of(told.blocks)


def test_a_page_of_the_queue_can_be_asked_for(slack: SlackHouse) -> None:
    many(slack, 11)
    (seen,) = slack.people.slash("sam", "C0TRIAGE", "/case queue unassigned 2").ephemerals
    assert numbers(seen.blocks) == ["CS-000011"]
    assert "Next" not in words_of(seen.blocks)
    assert "← Previous" in words_of(seen.blocks)


def test_a_search_shows_more_than_twenty_cases_on_its_pages(slack: SlackHouse) -> None:
    many(slack, 23)
    seen = slack.people.slash("sam", "C0TRIAGE", "/case search delivery")
    assert "23 cases with “delivery”." in words_of(seen.ephemerals[0].blocks)
    assert sorted(turned(slack, "sam", seen)) == slack.cases()


def test_the_home_of_a_specialist_shows_what_there_is_to_do(slack: SlackHouse) -> None:
    many(slack, 12)
    asked(slack, SAM, Take(2))
    asked(slack, ANA, Concern(3, text="Nobody answers."))
    home = slack.people.open_home("sam", wait=5)
    assert home
    shown = words_of(home.body["blocks"])
    assert "You have no open case" not in shown
    assert "1 case of yours to do." in shown
    assert "11 unassigned cases to do." in shown
    assert "1 case with a concern that nobody has taken." in shown
    assert numbers(home.body["blocks"])[:2] == ["CS-000002", "CS-000003"]
    slack.people.click("sam", "cases_on", view="home", block_id="all:queue unassigned", wait=5)
    assert until(lambda: len(numbers(slack.people.home("sam").body["blocks"])) == 10)
    slack.people.click("sam", "cases_on", view="home", wait=5)
    assert until(lambda: numbers(slack.people.home("sam").body["blocks"]) == ["CS-000012"])
    slack.people.click("sam", "home_overview", view="home", wait=5)
    assert until(lambda: "1 case of yours to do." in words_of(slack.people.home("sam").body["blocks"]))


def test_a_customer_never_sees_the_queue(slack: SlackHouse) -> None:
    many(slack, 2)
    (seen,) = slack.people.slash("noa", "C0GENERAL", "/case queue").ephemerals
    assert "Only the support team" in seen.text
    home = slack.people.open_home("noa", wait=5)
    assert home
    assert "CS-00000" not in words_of(home.body["blocks"])


def test_help_says_to_a_specialist_what_a_word_does_for_them(slack: SlackHouse) -> None:
    for_sam, for_ana = (
        words_of(slack.people.slash(who, "C0GENERAL", "/case help priority").ephemerals[0].blocks)
        for who in ("sam", "ana")
    )
    assert "set another priority; the customer is told, with your reason" in for_sam
    assert "the support team decides" not in for_sam
    assert "the support team decides" in for_ana


def test_a_button_of_before_lists_had_names_still_turns_the_page(slack: SlackHouse) -> None:
    many(slack, 12)
    for value in ("2:open", "2:"):
        (list_,) = slack.people.slash("ana", "C0GENERAL", "/case my").ephemerals
        click = slack.people.click("ana", "cases_on", ephemeral=list_.ts, value=value, wait=5)
        assert click.acked
        assert until(lambda at=list_.ts: [
            m for m in slack.workspace.ephemerals if m.ts == at and len(numbers(m.blocks)) == 2
        ])  # fmt: skip
