"""Fields of Slack's forms that may be empty, hold several things, or come twice."""

from __future__ import annotations

import pytest

from channels.slack.views.new_case_form import brief
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, open_form, words_of


def test_the_meaning_of_a_priority_is_cut_at_the_last_word_that_fits() -> None:
    fits = f"{'x' * 60} {'y' * 11}"
    assert brief(f"{fits} and more") == f"{fits} …"


def attached(slack: SlackHouse, *names: str) -> None:
    """Ana fills the form that opens a case, with these files."""
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case new", subject="With files", text="See the reports.")
    people.attach("ana", "modal", "files", [people.upload("ana", name, name.encode()) for name in names])


def sent(slack: SlackHouse) -> str:
    """What she reads when she has pressed the button."""
    seen = slack.people.submit("ana", "modal")
    return words_of(seen.modal.body["blocks"]) if seen.modal else seen.error


@pytest.mark.parametrize(
    ("names", "first", "again"),
    [
        (("a.csv",), "1 file will be there in a moment.", "1 file had reached us before."),
        (("a.csv", "b.csv"), "2 files will be there in a moment.", "2 files had reached us before."),
    ],
)
def test_files_of_a_form_are_counted_and_known_when_it_comes_again(
    slack: SlackHouse, names: tuple[str, ...], first: str, again: str
) -> None:
    attached(slack, *names)
    slack.workspace.app.patience = 0.5
    slack.workspace.faults.add("no_ack")
    assert first not in sent(slack), "Slack heard no answer, so the form is still there"
    slack.workspace.faults.clear()
    slack.workspace.app.patience = 3.0
    assert until(lambda: slack.cases() == ["CS-000001"])
    assert again in sent(slack)
    assert slack.cases() == ["CS-000001"]
    kept = lambda: [file.name for entry in slack.case().entries for file in entry.files]  # noqa: E731
    assert until(lambda: sorted(kept()) == sorted(names))


def test_files_of_a_form_are_counted_when_it_is_sent(slack: SlackHouse) -> None:
    attached(slack, "a.csv", "b.csv")
    shown = sent(slack)
    assert "2 files will be there in a moment." in shown
    assert "1 file " not in shown


@pytest.mark.parametrize("ids", ["", " , ;\n"])
def test_no_ids_are_no_ids_and_what_would_help_is_asked_for(slack: SlackHouse, ids: str) -> None:
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case new", subject="It fails", text="Please help.", ids=ids)
    assert "CS-000001 is open" in sent(slack)
    assert slack.case().ids == ()
    talk = people.open_dm("ana").id
    told = until(lambda: [words_of(m.blocks) for m in slack.workspace.channel(talk).messages.values()])
    assert "what you did, and what happened instead" in told[0]


def test_forms_with_files_say_where_larger_ones_go(slack: SlackHouse) -> None:
    slack.open_case()
    for command in ("/case new", "/case attach CS-000001"):
        modal = slack.people.slash("ana", "C0GENERAL", command, wait=5).modal
        assert modal
        (hint,) = [
            block["hint"]["text"] for block, element in modal.fields() if element["type"] == "file_input"
        ]
        assert "Ten at most, 10 MB each." in hint
        assert "Files above 10 MB" in words_of(modal.body["blocks"])
        slack.people.close_view("ana", "modal", all=True)
    large = slack.people.upload("ana", "dump.bin", b"x" * 10_000_001)
    slack.people.slash("ana", "C0GENERAL", "/case new", wait=5)
    with pytest.raises(ValueError, match="10 MB"):
        slack.people.attach("ana", "modal", "files", [large])
