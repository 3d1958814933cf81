"""The slash command, typed by people into a rehearsal workspace, over Socket Mode."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from channels.slack.interactive.slash_command import draft_of
from channels.slack.text.view_state import mentioned, words
from channels.slack.views.new_case_form import FormDraft
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, words_of
from tests.support.setup.adtech import LISTS


def said(seen: Any) -> str:
    assert seen.acked, seen
    return "\n".join(words_of(message.blocks) or message.text for message in seen.ephemerals)


def test_help_lists_what_one_may_do_and_has_the_three_entries(slack: SlackHouse) -> None:
    for_ana = said(slack.people.slash("ana", "C0GENERAL", "/case help"))
    for_sam = said(slack.people.slash("sam", "C0TRIAGE", "/case help"))
    assert "/case close CS-000123 [reason]" in for_ana
    assert "/case note" not in for_ana
    assert "/case note CS-000123 text" in for_sam
    for entry in ("Create a case", "My cases", "Read the documentation"):
        assert entry in for_ana


def test_an_unknown_verb_is_answered_with_the_nearest_and_does_nothing(slack: SlackHouse) -> None:
    slack.open_case()
    answer = said(slack.people.slash("ana", "C0GENERAL", "/case clsoe CS-000001"))
    assert "Did you mean “close”?" in answer
    assert slack.case().line.state == "new"


def test_a_new_case_opens_a_form_that_knows_what_was_typed(slack: SlackHouse) -> None:
    seen = slack.people.slash("ana", "C0GENERAL", "/case new critical Deal ID 12333: no delivery", wait=5)
    values = seen.modal.values()  # type: ignore[union-attr]
    assert values["priority"]["priority"]["selected_option"]["value"] == "Critical"
    assert values["subject"]["subject"]["value"] == "Deal ID 12333: no delivery"
    assert values["ids"]["typed"]["value"] == "Deal ID 12333"
    assert slack.cases() == []


def test_a_reply_note_and_close_with_words_are_done_at_once(slack: SlackHouse) -> None:
    slack.open_case()
    assert "was added" in said(
        slack.people.slash("ana", "C0GENERAL", "/case reply CS-000001 It is 5 < 6 & worse")
    )
    assert "Only the support team" in said(
        slack.people.slash("sam", "C0TRIAGE", "/case note cs-000001 a secret")
    )
    assert "is closed" in said(slack.people.slash("ana", "C0GENERAL", "/case close CS-000001 it works again"))
    told = {entry.text: entry.visibility for entry in slack.case().entries}
    assert told["It is 5 < 6 & worse"] == "public"
    assert told["a secret"] == "internal"
    assert slack.case().line.state == "closed"


def test_without_words_the_forms_open(slack: SlackHouse) -> None:
    slack.open_case()
    titles = {
        verb: slack.people.slash("sam", "C0TRIAGE", f"/case {verb} CS-000001", wait=5).modal
        for verb in (
            "reply",
            "note",
            "close",
            "reopen",
            "concern",
            "attach",
            "assign",
            "ask",
            "priority",
            "contact",
        )
    }
    shown = {verb: view.body["title"]["text"] for verb, view in titles.items() if view}
    assert shown == {
        "reply": "Reply on CS-000001",
        "note": "Note on CS-000001",
        "close": "Close CS-000001",
        "reopen": "Reopen CS-000001",
        "concern": "Concern on CS-000001",
        "attach": "Attach to CS-000001",
        "assign": "Hand over CS-000001",
        "ask": "Ask on CS-000001",
        "priority": "Priority of CS-000001",
        "contact": "Contact for CS-000001",
    }


def test_what_only_the_support_team_may_do_is_refused_politely(slack: SlackHouse) -> None:
    slack.open_case()
    for verb in ("note CS-000001 hello", "take CS-000001", "search delivery", "note CS-000001"):
        assert (
            said(slack.people.slash("ana", "C0GENERAL", f"/case {verb}"))
            == "Only the support team can do that."
        )
    assert [entry.visibility for entry in slack.case().entries] == ["public"]


def test_a_foreign_case_and_one_that_is_not_there_look_alike(slack: SlackHouse) -> None:
    slack.open_case()
    foreign = said(slack.people.slash("noa", "C0GENERAL", "/case show CS-000001"))
    nowhere = said(slack.people.slash("noa", "C0GENERAL", "/case show CS-000777"))
    assert foreign.replace("000001", "000777") == nowhere
    assert "No delivery" not in foreign


def test_one_sees_ones_own_cases_in_pages_and_each_in_full(slack: SlackHouse) -> None:
    for number in range(12):
        slack.open_case(subject=f"Case number {number}")
    first = slack.people.slash("ana", "C0GENERAL", "/case my")
    assert "You have 12 open cases." in said(first)
    assert said(first).count("Show") == 10
    second = slack.people.click("ana", "cases_on", ephemeral=first.ephemerals[0].ts, wait=5)
    assert second.acked
    turned = next(m for m in slack.workspace.ephemerals if m.ts == first.ephemerals[0].ts)
    assert until(lambda: words_of(turned.blocks).count("Show") == 2)
    assert said(slack.people.slash("ana", "C0GENERAL", "/case my open 2")).count("Show") == 0
    shown = slack.people.click("ana", "case_show", ephemeral=first.ephemerals[0].ts, wait=5)
    assert "The deal stopped delivering" in said(shown)


def test_an_internal_note_is_in_no_view_of_a_case(slack: SlackHouse) -> None:
    slack.open_case()
    slack.people.slash("sam", "C0TRIAGE", "/case note CS-000001 canary-internal")
    for user in ("ana", "sam"):
        assert "canary-internal" not in said(slack.people.slash(user, "C0GENERAL", "/case show CS-000001"))


def test_people_are_added_and_removed_by_mention_or_by_mail(slack: SlackHouse) -> None:
    slack.open_case()
    for typed in ("add CS-000001 @noa", "collab CS-000001 add dora@elsewhere.example"):
        assert "was added" in said(slack.people.slash("sam", "C0TRIAGE", f"/case {typed}"))
    roles = [(part.address, part.role) for part in slack.case().participants if part.role == "collaborator"]
    assert sorted(roles) == [("dora@elsewhere.example", "collaborator"), ("t0home/u0noa", "collaborator")]
    assert "was removed" in said(slack.people.slash("sam", "C0TRIAGE", "/case remove CS-000001 @noa"))


def test_a_colleague_of_the_desk_is_no_collaborator(slack: SlackHouse) -> None:
    """A colleague is not on the customer's side: the asker hears what to do instead."""
    slack.open_case()
    for colleague in ("@kim", "kim@example.com"):
        told = said(slack.people.slash("sam", "C0TRIAGE", f"/case add CS-000001 {colleague}"))
        assert "Kim Specialist is a colleague of the desk" in told
        assert "“assign”" in told
    assert [part.role for part in slack.case().participants if part.role == "collaborator"] == []


def test_a_specialist_takes_a_case_and_hands_it_over_by_mention(slack: SlackHouse) -> None:
    slack.open_case()
    assert "is yours now" in said(slack.people.slash("sam", "C0TRIAGE", "/case take CS-000001"))
    assert "Kim Specialist's" in said(slack.people.slash("sam", "C0TRIAGE", "/case assign CS-000001 @kim"))
    assert slack.case().line.owner == "Kim Specialist"


def test_a_slow_desk_says_so_in_time_and_answers_later(slack: SlackHouse) -> None:
    slack.open_case()
    release = held(slack)
    seen = slack.people.slash("sam", "C0TRIAGE", "/case take CS-000001")
    assert seen.acked, seen
    assert "in hand" in seen.text
    release.set()
    assert until(lambda: "is yours now" in slack.workspace.ephemerals[-1].text)
    assert slack.history_of("taken") == 1


def test_slack_that_will_not_open_a_form_is_told_to_the_person(slack: SlackHouse) -> None:
    slack.workspace.faults.add("error", method="views.open", error="expired_trigger_id", times=1)
    seen = slack.people.slash("ana", "C0GENERAL", "/case new", wait=5)
    assert "did not let me open the form" in seen.text
    assert seen.modal is None


def held(slack: SlackHouse) -> threading.Event:
    """The desk's writer, busy until the event is set."""
    busy, release = threading.Event(), threading.Event()

    def work(tx: Any, items: Any) -> list[None]:
        busy.set()
        release.wait(120)
        return [None] * len(items)

    slack.app.writer.put(work, None)
    assert busy.wait(60)
    return release


@pytest.mark.parametrize(
    ("text", "draft"),
    [
        ("", FormDraft()),
        ("critical", FormDraft("Critical")),
        ("No delivery", FormDraft("", "No delivery")),
        ("high: Deal 12333 stopped", FormDraft("Critical", "Deal 12333 stopped", "", "Deal ID 12333")),
    ],
)
def test_what_is_typed_behind_new_begins_the_form(text: str, draft: FormDraft) -> None:
    assert draft_of(text, LISTS) == draft


def test_a_commands_words_are_read_as_they_were_typed() -> None:
    text = "add CS-000001 <@U1|ana> <mailto:a@b.example|a@b.example> <#C1|general> 1 &lt; 2 &amp; <https://x.example>"
    assert words(text) == "add CS-000001 @ana a@b.example #general 1 < 2 & https://x.example"
    assert mentioned(text) == ("U1",)
    assert words("a\x00b\u202ec\ud800") == "abc"
