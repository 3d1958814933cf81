"""A new case is one post: its card shows the first words, and [Read all] leads to the rest of any entry."""

from __future__ import annotations

from bot.queries.lists import ListOutbox
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import words_of

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"
LONG = "\n".join(f"Line {number} of what happened: it stopped & went on." for number in range(400))


def read_on(office: Office, user: str = "sam") -> str:
    """All pages of the view that is open, as one reads on."""
    opened = until(lambda: (view := office.slack.people.modal(user)) and "Line 0" in str(view.body) and view)
    pages = [words_of(opened.body["blocks"])]
    while "Next →" in pages[-1]:
        office.slack.people.click(user, "case_read_on", view="modal", wait=5)
        page = until(
            lambda: (words := words_of(office.slack.people.modal(user).body["blocks"])) != pages[-1] and words  # type: ignore[union-attr]
        )
        pages.append(page)
    return "\n".join(pages)


def test_a_new_case_is_one_post_with_the_customers_words(office: Office) -> None:
    office.send(ANA, DESK, "No delivery", "It stopped delivering at noon.")
    assert "It stopped delivering at noon." in said(office.card())
    assert "It stopped delivering at noon." in office.card().text
    office.settled()
    assert office.thread() == []
    assert len(office.messages("triage")) == 1
    assert not office.ask(ListOutbox("dead"))


def test_other_apps_read_a_cards_number_in_its_metadata(office: Office) -> None:
    office.send(ANA, DESK, "No delivery", "It stopped delivering at noon.")
    about = office.card().metadata or {}
    assert about["event_type"] == "case_card"
    assert about["event_payload"]["case"] == "CS-000001"


def test_all_of_a_long_mail_is_read_in_slack(office: Office) -> None:
    office.send(ANA, DESK, "No delivery", LONG)
    card = office.card()
    assert "Line 0 of" in said(card)
    assert "Line 399" not in said(card)
    office.click("sam", "case_read", wait=5)
    words = read_on(office)
    assert [n for n in range(400) if f"Line {n} of what happened: it stopped & went on." not in words] == []


def test_all_of_a_long_note_and_of_a_later_mail_is_read_in_slack(office: Office) -> None:
    office.send(ANA, DESK, "No delivery", "It stopped.")
    (confirmation,) = office.mails("ana@")
    office.answer(confirmation, ANA, f"More:\n{LONG}")
    told = office.in_thread("More:")
    assert "Line 399" not in said(told)
    office.slack.people.click("sam", "case_read", channel="triage", ts=told.ts, wait=5)
    assert "Line 399 of what happened" in read_on(office)


def test_files_of_the_first_mail_stand_below_the_card_without_words(office: Office) -> None:
    office.send(ANA, DESK, "No delivery", "See the file.", files={"trace.txt": b"one two"})
    assert until(lambda: [m for m in office.thread() if [f.name for f in m.files] == ["trace.txt"]])
    office.settled()
    assert len(office.thread()) == 1
    assert "New case from" not in said(office.thread()[0])


def test_what_the_card_cannot_say_is_still_posted_below_it(office: Office) -> None:
    office.send(ANA, DESK, "No delivery", "It stopped.")
    office.card()
    office.send("Eve <eve@else.example>", DESK, "[CS-000001] And mine?", "Mine has stopped, too.")
    told = office.in_thread("It names CS-000001", 2)
    assert "Mine has stopped" not in said(told)
    assert "Mine has stopped" in said(office.card(2))


def test_a_customer_reads_no_entry_by_the_desks_button(office: Office) -> None:
    office.send(ANA, DESK, "No delivery", "It stopped delivering at noon.")
    office.click("noa", "case_read", wait=5)
    modal = until(
        lambda: (view := office.slack.people.modal("noa")) and "Only the" in str(view.body) and view
    )
    assert "noon" not in words_of(modal.body["blocks"])
