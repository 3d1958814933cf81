"""Forms opened above each other: each is done for itself, and each once."""

from __future__ import annotations

import pytest

from rehearsal.slack.people.people import People
from tests.slack.interactive.test_forms import card, names, shown
from tests.slack.interactive.test_slash_command import held
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, open_form, words_of


def see(people: People, number: int) -> None:
    """Open a case from the list that is on top."""
    assert until(lambda: "Show" in top(people))
    rows = [block for block in people.modal("ana").body["blocks"] if block.get("accessory")]  # type: ignore[union-attr]
    (row,) = [block for block in rows if f"CS-{number:06d}" in words_of(block)]
    people.click("ana", "case_show", view="modal", block_id=row["block_id"], wait=5)
    assert until(lambda: "Reply" in top(people))


def top(people: People) -> str:
    modal = people.modal("ana")
    return words_of(modal.body["blocks"]) if modal else ""


def test_two_replies_from_one_list_of_cases_reach_both(slack: SlackHouse) -> None:
    people = slack.people
    slack.open_case(subject="The first")
    slack.open_case(subject="The second")
    people.shortcut("ana", "my_cases", wait=5)
    for number in (1, 2):
        see(people, number)
        people.click("ana", "case_reply", view="modal", wait=5)
        people.type_into("ana", "modal", "text", f"For case {number}.")
        assert f"was added to CS-{number:06d}" in shown(people.submit("ana", "modal"))
        people.close_view("ana", "modal")
        people.close_view("ana", "modal")
    for number in (1, 2):
        assert slack.case(number).entries[-1].text == f"For case {number}."


def test_files_attached_above_the_form_that_opened_the_case_are_kept_too(slack: SlackHouse) -> None:
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case new With files", text="See the report.")
    people.attach("ana", "modal", "files", [people.upload("ana", "first.csv", b"1\n")])
    assert "1 file will be there" in shown(people.submit("ana", "modal"))
    people.click("ana", "case_show", view="modal", wait=5)
    assert until(lambda: "Attach" in top(people))
    people.click("ana", "case_attach", view="modal", wait=5)
    people.attach("ana", "modal", "files", [people.upload("ana", "second.csv", b"2\n")])
    assert "1 file will be there" in shown(people.submit("ana", "modal"))
    assert until(lambda: names(slack) == ["first.csv", "second.csv"])


def test_the_same_files_sent_twice_are_kept_once_and_that_is_said(slack: SlackHouse) -> None:
    people = slack.people
    slack.open_case()
    people.slash("ana", "C0GENERAL", "/case attach CS-000001", wait=5)
    people.attach("ana", "modal", "files", [people.upload("ana", "once.csv", b"1\n")])
    slack.workspace.faults.add("no_ack")
    assert people.submit("ana", "modal").error == "operation_timeout"
    slack.workspace.faults.clear()
    assert "had reached us before" in shown(people.submit("ana", "modal"))
    slack.settled()
    assert names(slack) == ["once.csv"]


def test_a_reply_whose_preview_was_lost_is_sent_once_however_many_previews_there_are(
    slack: SlackHouse,
) -> None:
    slack.open_case()
    people, ts = slack.people, card(slack).ts
    people.click("sam", "case_reply", channel="C0TRIAGE", ts=ts, wait=5)
    people.type_into("sam", "modal", "text", "Only once, please.")
    people.submit("sam", "modal")
    release = held(slack)
    assert "nothing is done twice" in shown(people.submit("sam", "modal"))
    people.close_view("sam", "modal")  # back to the form, and on to a second preview
    release.set()
    people.submit("sam", "modal")
    assert "Nothing was done twice" in shown(people.submit("sam", "modal"))
    assert [entry.text for entry in slack.case().entries].count("Only once, please.") == 1


def test_what_is_written_anew_after_looking_at_it_is_sent(slack: SlackHouse) -> None:
    slack.open_case()
    people, ts = slack.people, card(slack).ts
    people.click("sam", "case_reply", channel="C0TRIAGE", ts=ts, wait=5)
    people.type_into("sam", "modal", "text", "A firt try.")
    people.submit("sam", "modal")
    people.close_view("sam", "modal")
    people.type_into("sam", "modal", "text", "A first try.")
    people.submit("sam", "modal")
    assert people.submit("sam", "modal", wait=5).modal is None
    assert [entry.text for entry in slack.case().entries][1:] == ["A first try."]


@pytest.mark.parametrize("above", [False, True])
def test_what_was_sent_is_no_draft_any_more_though_its_last_letter_comes_late(
    slack: SlackHouse, above: bool
) -> None:
    people = slack.people
    slack.open_case()
    if above:
        people.shortcut("ana", "my_cases", wait=5)
        see(people, 1)
        people.click("ana", "case_reply", view="modal", wait=5)
    else:
        people.slash("ana", "C0GENERAL", "/case reply CS-000001", wait=5)
    people.type_into("ana", "modal", "text", "It works again.", wait=5)
    assert "was added" in shown(people.submit("ana", "modal", late="text"))
    people.close_view("ana", "modal", all=True)
    people.slash("ana", "C0GENERAL", "/case reply CS-000001", wait=5)
    assert "It works again." not in top(people)
    assert "Your draft" not in top(people)


def test_after_a_case_that_is_out_of_reach_another_one_can_be_chosen(slack: SlackHouse) -> None:
    people = slack.people
    slack.open_case()
    slack.open_case(user="noa", subject="Another matter")
    people.slash("ana", "C0GENERAL", "/case add CS-000001 @noa", wait=5)
    word = people.post("noa", "C0GENERAL", "I saw it again at noon.")
    people.message_shortcut("noa", "message_add", channel="C0GENERAL", ts=word.ts, wait=5)
    people.suggest("noa", "which_case", "", view="modal")
    people.choose("noa", "modal", "case", "CS-000001")
    people.slash("sam", "C0TRIAGE", "/case remove CS-000001 @noa", wait=5)
    assert "not a case that you can reach" in people.submit("noa", "modal").errors["case"]
    people.choose("noa", "modal", "case", "CS-000002")
    assert "It is being put on CS-000002" in shown(people.submit("noa", "modal"))
    assert until(lambda: slack.case(2).entries[-1].text == "I saw it again at noon.")
