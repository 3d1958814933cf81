"""Words that are changed after they were heard: history stands, and whoever has to know is told."""

from __future__ import annotations

from rehearsal.slack.workspace.conversation import Message
from tests.stories.test_undo import whispered
from tests.support.houses.house import until
from tests.support.houses.office import Office, said


def opened(office: Office) -> Message:
    """Ana opens a case in her channel; return what casebot posts there, in whose thread it is discussed."""
    asked = office.slack.people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    home = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])[0]
    assert home.ts != asked.ts
    return home


def test_the_desk_is_told_what_a_customer_changes_or_takes_back(office: Office) -> None:
    people, home = office.slack.people, opened(office)
    files = [people.upload("ana", "log.txt", b"No delivery.")]
    word = people.post("ana", "acme", "It began on Monday.", thread_ts=home.ts, files=files)
    office.in_thread("It began on Monday.")
    people.edit("ana", "acme", word.ts, "It began on Tuesday.")
    told = office.in_thread("It began on Tuesday.")
    assert "changed something after it was said" in said(told)
    assert sum(len(entry.files) for entry in office.case().entries) == 1, "its file was attached already"
    people.delete("ana", "acme", word.ts)
    told = said(office.in_thread("deleted"))
    assert "customers do not see it any more" in told
    assert "began" not in told, "what is gone is not said once more"
    (entry,) = [entry for entry in office.case().entries if entry.text == "It began on Monday."]
    assert entry.visibility == "internal", "the desk has the record"


def test_a_specialist_who_changes_an_answer_is_told_that_the_first_words_are_out(office: Office) -> None:
    people = office.slack.people
    office.send("Ana <ana@acme.example>", "support@example.com", "Deal", "It stopped delivering.")
    root = office.card().ts
    office.mails("ana@acme.example")
    answer = people.post("sam", "triage", "!reply Please try agian.", thread_ts=root)
    office.mails("ana@acme.example")
    note = people.post("sam", "triage", "It is the tag.", thread_ts=root)
    until(lambda: office.case().entries[-1].text == "It is the tag.")
    people.edit("sam", "triage", answer.ts, "!reply Please try again.")
    told = office.in_thread("changed an answer after it was sent")
    assert "customers have what it said at first" in said(told)
    people.edit("sam", "triage", note.ts, "!reply It is the tag.")
    assert office.in_thread("a change is no command"), "an answer that was not sent must not look sent"
    before = len(office.thread())
    people.edit("sam", "triage", note.ts, "It is the pixel.")
    until(lambda: "pixel" in office.case().entries[-1].text)
    office.drained()
    assert len(office.thread()) == before, "a corrected note needs no words"
    assert office.nothing("ana@acme.example")
    assert [entry.visibility for entry in office.case().entries[-2:]] == ["internal"] * 2


def test_a_command_that_is_added_as_the_last_line_does_not_look_done(office: Office) -> None:
    people = office.slack.people
    office.send("Ana <ana@acme.example>", "support@example.com", "Deal", "It stopped delivering.")
    root = office.card().ts
    note = people.post("sam", "triage", "It is the tag.", thread_ts=root)
    until(lambda: office.case().entries[-1].text == "It is the tag.")
    people.edit("sam", "triage", note.ts, "It is the tag.\n!close resolved")
    assert office.in_thread("a change is no command")
    assert office.case().line.state not in ("resolved", "closed")


def test_a_specialist_who_changes_words_that_stand_in_the_customers_thread_alone_is_told_what_is_true(
    office: Office,
) -> None:
    people, home = office.slack.people, opened(office)
    word = people.post("sam", "acme", "It is the tga.", thread_ts=home.ts)
    office.in_thread("It is the tga.")
    people.edit("sam", "acme", word.ts, "It is the tag.")
    told = said(whispered(office, "sam", "Customers read your change in the thread"))
    assert "first words" not in told
    people.delete("sam", "acme", word.ts)
    whispered(office, "sam", "It is gone from the thread.")


def test_what_a_specialist_deletes_in_the_customers_thread_is_for_the_desk_alone_from_then_on(
    office: Office,
) -> None:
    people, home = office.slack.people, opened(office)
    word = people.post("sam", "acme", "Bob's secret is 41.", thread_ts=home.ts)
    office.in_thread("Bob's secret is 41.")
    people.delete("sam", "acme", word.ts)
    told = said(whispered(office, "sam", "It is gone from the thread"))
    assert "On CS-000001 only the support team sees it from now on" in told
    assert "made internal" in office.history()
    people.slash("ana", "general", "/case show CS-000001", wait=5)
    assert "secret" not in said(whispered(office, "ana", "no delivery"))
    (entry,) = [entry for entry in office.case().entries if entry.text == "Bob's secret is 41."]
    assert entry.visibility == "internal", "the desk has the record"
    assert [e.visibility for e in office.case().entries if "🗑️" in e.text] == ["internal"]


def test_a_lock_that_is_added_in_the_customers_thread_says_that_the_words_still_stand_there(
    office: Office,
) -> None:
    people, home = office.slack.people, opened(office)
    word = people.post("sam", "acme", "Bob's secret is 41.", thread_ts=home.ts)
    office.in_thread("Bob's secret is 41.")
    people.edit("sam", "acme", word.ts, "🔒 Bob's secret is 41.")
    told = said(whispered(office, "sam", "On CS-000001 only the support team sees it from now on"))
    assert "It still stands in the customers' thread: whoever wrote it can delete it there, too." in told
    assert {e.visibility for e in office.case().entries if "secret" in e.text} == {"internal"}
