"""Work lists: a specialist narrows, turns over and takes cases where they look, and their home stays true."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.commands.case import Close, Open
from bot.commands.people import Take
from bot.commands.triage import Spam
from bot.commands.urgency import ChangePriority
from bot.commands.work import AskFor
from bot.model.case_filter import EVERYTHING, CaseFilter
from bot.model.facts import CaseList
from bot.model.identity import Identity, Proof
from bot.model.request import Request
from channels.slack.views.case_list import Reader, listing
from rehearsal.slack.workspace.conversation import Message
from tests.slack.interactive.test_lists import ANA, SAM, asked, many, numbers
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, standing_in_mode, words_of

either = pytest.fixture(standing_in_mode, params=["socket", "http"])


def listed(slack: SlackHouse, words: str, *, who: str = "sam") -> Message:
    (message,) = slack.people.slash(who, "C0TRIAGE", f"/case {words}").ephemerals
    return message


def now(slack: SlackHouse, message: Message, words: str) -> Message:
    """The same message once these words stand in it."""
    return until(
        lambda: next(
            (
                each
                for each in slack.workspace.ephemerals
                if each.ts == message.ts and words in words_of(each.blocks)
            ),
            None,
        )
    )


def home_of(slack: SlackHouse, user: str) -> list[dict[str, Any]]:
    home = slack.people.home(user)
    assert home
    blocks: list[dict[str, Any]] = home.body["blocks"]
    return blocks


def test_a_list_is_narrowed_and_widened_where_it_stands(either: SlackHouse) -> None:
    slack = either
    many(slack, 3)
    asked(slack, ANA, Open("All is down", "Nothing works.", priority="Critical", type="Reporting"))
    asked(slack, SAM, Take(2))
    message = listed(slack, "queue")
    assert "4 cases to do." in words_of(message.blocks)
    slack.people.click("sam", "list_which", ephemeral=message.ts, value="unassigned", wait=5)
    message = now(slack, message, "3 unassigned cases to do.")
    assert "CS-000002" not in numbers(message.blocks)
    slack.people.click("sam", "list_priority", ephemeral=message.ts, value="Critical", wait=5)
    message = now(slack, message, "1 unassigned case to do, priority:Critical.")
    assert numbers(message.blocks) == ["CS-000004"]
    slack.people.click("sam", "list_all", ephemeral=message.ts, wait=5)
    assert len(numbers(now(slack, message, "4 cases to do.").blocks)) == 4


@pytest.mark.parametrize(
    ("asked", "which", "filtered"),
    [
        ("queue", EVERYTHING, False),
        ("queue mine", CaseFilter(("mine",)), True),
        ("queue type:Report", CaseFilter(type="Report"), True),
        ("queue account:Acme", CaseFilter(account="Acme"), True),
        ("queue priority:Low", CaseFilter(priority="Low"), True),
        ("search deal", EVERYTHING, False),
        ("search deal state:closed", CaseFilter(state="closed"), True),
        ("search deal type:Report", CaseFilter(type="Report"), True),
        ("my", EVERYTHING, False),
    ],
)
def test_only_a_filtered_list_has_the_button_show_all(asked: str, which: CaseFilter, filtered: bool) -> None:
    page = CaseList(asked, (), 0, 1, 10)
    _, made = listing("Cases", page, which, Reader(datetime.now(UTC), staff=True, priorities=("Low",)))
    assert ("Show all" in words_of(made)) is filtered


def test_types_and_accounts_are_offered_as_one_types_them(slack: SlackHouse) -> None:
    asked(slack, ANA, Open("No report", "It is empty.", type="Reporting"))
    many(slack, 1)
    message = listed(slack, "queue")
    offered = slack.people.suggest("sam", "list_type", "repo", ephemeral=message.ts)
    assert [each["value"] for each in offered] == ["-", "Reporting"]
    slack.people.click("sam", "list_type", ephemeral=message.ts, value="Reporting", wait=5)
    message = now(slack, message, "1 case to do, type:Reporting.")
    assert slack.people.suggest("sam", "list_account", "acm", ephemeral=message.ts)[1]["value"] == "Acme"
    slack.people.click("sam", "list_account", ephemeral=message.ts, value="Acme", wait=5)
    assert now(slack, message, "No cases to do, type:Reporting account:Acme.")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("queue mine", "1 case of yours to do."),
        ("queue waiting", "1 case that waits for the customer."),
        ("queue type:report", "1 case to do, type:Reporting."),
        ("queue critical", "1 case to do, priority:Critical."),
        ("queue mine due today", " of yours due today."),
        ("queue account:nobody", "No account is called “nobody”."),
        ("queue nonsense", "“nonsense” is no queue."),
        ("queue mine unassigned", "No case is both mine and unassigned."),
        ("search works state:closed", "1 case with “works”, state:closed."),
        ("queue state:in progress", "1 case to do, state:open."),
    ],
)
def test_filters_are_words_too(slack: SlackHouse, words: str, says: str) -> None:
    for subject, more in (
        ("A", {"type": "Reporting"}),
        ("B", {"priority": "Critical"}),
        ("C", {}),
        ("D", {}),
    ):
        told(slack, Open(subject, "Nothing works.", **more))
    told(slack, Take(2), by=SAM)
    told(slack, AskFor(3, "Which deal?"), by=SAM)
    told(slack, Close(4, "resolved"), by=SAM)
    told(slack, Close(4, "resolved"), by=ANA)
    message = listed(slack, words)
    assert says in message.text + words_of(message.blocks)


def told(slack: SlackHouse, command: Any, *, by: Identity = ANA) -> None:
    """Done at the desk now, so that its targets run."""
    key = f"{by.address}{command}"[:90]
    outcome = slack.app.desk.handle(Request("slack", key, by, Proof.LINKED, (command,), datetime.now(UTC)))
    assert outcome.answered[0].outcome == "done", outcome


def test_take_changes_the_list_where_one_clicks(either: SlackHouse) -> None:
    slack = either
    many(slack, 12)
    message = listed(slack, "queue unassigned 2")
    assert numbers(message.blocks) == ["CS-000011", "CS-000012"]
    seen = slack.people.click("sam", "case_take", ephemeral=message.ts, block_id="take:CS-000011", wait=5)
    assert seen.acked
    message = now(slack, message, "11 unassigned cases to do.")
    assert numbers(message.blocks) == ["CS-000012"]
    assert "Sam Specialist" in slack.case(11).line.owner
    assert "Cases 11 to 11 of 11" in words_of(message.blocks)


def test_take_of_what_a_colleague_was_faster_with_says_so_in_the_list(slack: SlackHouse) -> None:
    many(slack, 2)
    message = listed(slack, "queue")
    asked(slack, Identity("slack", "T0HOME/U0KIM", "Kim Specialist"), Take(1))
    slack.people.click("sam", "case_take", ephemeral=message.ts, block_id="take:CS-000001", wait=5)
    assert now(slack, message, "Kim Specialist was faster: CS-000001 is theirs.")
    assert "Kim Specialist" in slack.case(1).line.owner


def test_a_row_leads_to_its_card_and_to_the_customers_thread(slack: SlackHouse) -> None:
    slack.open_case(channel="C0ACME")
    slack.settled()
    card = next(m for m in slack.workspace.channel("C0TRIAGE").messages.values() if m.metadata)
    shown = words_of(listed(slack, "queue").blocks)
    permalink = slack.app.doors["slack"]._workspace.client.chat_getPermalink  # type: ignore[attr-defined]
    assert permalink(channel="C0TRIAGE", message_ts=card.ts)["permalink"] in shown
    theirs = next(m for m in slack.workspace.channel("C0ACME").messages.values() if "CS-000001" in m.text)
    assert permalink(channel="C0ACME", message_ts=theirs.ts)["permalink"] in shown


def test_buttons_of_a_list_are_told_apart_by_their_labels(slack: SlackHouse) -> None:
    many(slack, 12)
    blocks = listed(slack, "queue").blocks
    buttons = [block["accessory"] for block in blocks if "accessory" in block]
    buttons += [each for block in blocks for each in block.get("elements", ()) if each["type"] == "button"]
    labels = [each.get("accessibility_label") or each["text"]["text"] for each in buttons]
    assert len(set(labels)) == len(labels) >= 20


def test_a_specialists_home_is_narrowed_taken_from_and_led_back(slack: SlackHouse) -> None:
    many(slack, 8)
    slack.people.open_home("sam", wait=5)
    *_, last = home_of(slack, "sam")
    assert last["type"] == "context", "empty queues stand in one quiet line, below the others"
    assert words_of([last]).startswith("No cases of yours to do. No cases with a concern")
    assert "The last seven days" in words_of(home_of(slack, "sam"))
    take = next(b["block_id"] for b in home_of(slack, "sam") if b["block_id"].startswith("take:CS-000001"))
    slack.people.click("sam", "case_take", view="home", block_id=take, wait=5)
    assert until(lambda: "1 case of yours to do." in words_of(home_of(slack, "sam")))
    slack.people.click("sam", "list_which", view="home", value="mine", wait=5)
    assert until(lambda: numbers(home_of(slack, "sam")) == ["CS-000001"])
    slack.people.click("sam", "home_overview", view="home", wait=5)
    assert until(lambda: "7 unassigned cases to do." in words_of(home_of(slack, "sam")))


def test_a_home_that_could_not_be_published_when_it_was_opened_stays_narrowed(slack: SlackHouse) -> None:
    many(slack, 3)
    asked(slack, SAM, Take(1))
    slack.people.open_home("sam", wait=5)
    slack.people.click("sam", "list_which", view="home", value="mine", wait=5)
    assert until(lambda: numbers(home_of(slack, "sam")) == ["CS-000001"])
    refused = lambda: [call for call in slack.workspace.transcript.calls("views.publish") if not call["ok"]]  # noqa: E731
    slack.workspace.faults.add("ratelimited", method="views.publish", times=1)
    slack.people.open_home("sam")
    assert until(refused)
    asked(slack, SAM, Take(2))
    assert until(lambda: "CS-000002" in numbers(home_of(slack, "sam")))
    assert sorted(numbers(home_of(slack, "sam"))) == ["CS-000001", "CS-000002"], "mine alone"


def test_a_home_changes_by_itself_while_its_owner_may_look_at_it(either: SlackHouse) -> None:
    slack = either
    many(slack, 1)
    slack.people.open_home("sam", wait=5)
    slack.people.open_home("ana", wait=5)
    asked(slack, Identity("slack", "T0HOME/U0KIM", "Kim Specialist"), Take(1))
    assert until(lambda: "No unassigned cases" in words_of(home_of(slack, "sam")))
    assert until(lambda: "Kim Specialist" in words_of(home_of(slack, "ana")))


def test_a_home_that_nothing_happens_to_is_not_published_again(slack: SlackHouse) -> None:
    many(slack, 2)
    slack.people.open_home("sam", wait=5)
    before = slack.people.home("sam")
    slack.app.doors["slack"].workers[1].look()  # type: ignore[attr-defined]
    assert slack.people.home("sam") is before


def test_decisions_that_wait_are_a_list_of_their_own(slack: SlackHouse) -> None:
    many(slack, 3)
    asked(slack, ANA, ChangePriority(2, "Critical", "It is worse."))
    eve, when = Identity("email", "eve@x.example"), datetime.now(UTC)
    held = Request("slack", "held", eve, Proof.UNPROVEN, (Open("Hm", "Who?"),), when, quiet=True)
    slack.app.desk.handle(held)
    assert sorted(numbers(listed(slack, "queue decisions").blocks)) == ["CS-000002", "CS-000004"]
    asked(slack, SAM, Spam(4))
    assert numbers(listed(slack, "queue decisions").blocks) == ["CS-000002"]


def test_a_customers_home_has_states_and_pages(slack: SlackHouse) -> None:
    many(slack, 12)
    asked(slack, SAM, Close(3, "resolved"))
    slack.people.open_home("ana", wait=5)
    assert len(numbers(home_of(slack, "ana"))) == 10
    slack.people.click("ana", "cases_on", view="home", wait=5)
    assert until(lambda: len(numbers(home_of(slack, "ana"))) == 2)
    slack.people.click("ana", "list_state", view="home", value="resolved", wait=5)
    assert until(lambda: numbers(home_of(slack, "ana")) == ["CS-000003"])


def test_a_page_that_is_gone_is_the_last_one(slack: SlackHouse) -> None:
    many(slack, 11)
    assert numbers(listed(slack, "queue 99").blocks) == ["CS-000011"]
    assert numbers(listed(slack, "search noon page:99").blocks) == ["CS-000001"]
    assert len(numbers(listed(slack, "my 99", who="ana").blocks)) == 1


def test_a_customer_can_neither_narrow_nor_be_offered_accounts(slack: SlackHouse) -> None:
    many(slack, 2)
    message = listed(slack, "my", who="ana")
    slack.people.click("ana", "list_state", ephemeral=message.ts, value="closed", wait=5)
    message = now(slack, message, "Your closed cases: 0.")
    assert "list_account" not in str(message.blocks)
