"""Stories of answers that are changed, locked or deleted in Slack: while they wait to be sent, and after."""

from __future__ import annotations

import pytest

from rehearsal.slack.workspace.conversation import File, Message
from tests.stories.test_undo import ANA, DESK, LONG, WAITS, marked, undo, whispered
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.setup.fixtures import open_on_each_database_and_mode

BOB = "Bob Borg <bob@borg.example>"

office = open_on_each_database_and_mode(Office, undo=LONG)


def two_cases(office: Office) -> None:
    """Ana's is the first, Bob's the second."""
    for sender, number in ((ANA, 1), (BOB, 2)):
        office.send(sender, DESK, f"Deal {number}", "It stopped yesterday at noon.")
        office.card(number)
        office.mails(sender.partition("<")[2].rstrip(">"))


def written(office: Office, text: str, **more: object) -> Message:
    """Sam writes below the first case's card, and it waits to be sent."""
    source: Message = office.slack.people.post("sam", "triage", text, thread_ts=office.card().ts, **more)  # type: ignore[arg-type]
    whispered(office, "sam", "in 30 seconds.")
    return source


def change_in_time(office: Office, source: Message, text: str) -> Message:
    """Sam edits the message before it is sent; return what casebot tells Sam."""
    office.slack.people.edit("sam", "triage", source.ts, text)
    return whispered(office, "sam", "In time: your new words are sent instead")


def leaves(office: Office) -> None:
    """What waits is sent."""
    office.pass_time(minutes=2)


def kinds(office: Office, text: str, number: int = 1) -> list[tuple[str, str]]:
    """Whoever may read what was said in these words, each time, and what has become of it."""
    entries = office.case(number).entries
    return [(e.visibility, e.kind) for e in entries if e.text == text]


# an answer to the customers of another case


def test_a_correction_goes_to_those_who_have_the_first_words(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply CS-000002 Dear Bob, your secret is 41.")
    leaves(office)
    (first,) = office.mails("bob@")
    assert "your secret is 41." in words(first)
    office.slack.people.edit("sam", "triage", source.ts, "!reply CS-000002 Dear Bob, your secret is 42.")
    undo(office, whispered(office, "sam", "marked as a correction?"))
    assert until(lambda: kinds(office, "Dear Bob, your secret is 42.", 2))
    office.pass_time(minutes=4)
    (second,) = office.mails("bob@")
    assert "A correction: please read this in place of the message before." in words(second)
    assert "your secret is 42." in words(second)
    assert office.nothing("ana@")
    assert not [entry for entry in office.case(1).entries if "secret" in entry.text]


def test_a_lock_on_what_waits_for_another_cases_customers_keeps_it_inside(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply CS-000002 Their discount is 40 %.")
    office.slack.people.react("mia", "triage", source.ts, "lock")
    office.in_thread("took back what was to be sent that Sam Specialist wrote", 2)
    leaves(office)
    assert office.nothing("bob@")
    assert kinds(office, "Their discount is 40 %.", 2) == [("internal", "taken back")]


def test_a_change_in_time_of_what_goes_to_another_cases_customers(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply CS-000002 Dear Bbo.")
    told = change_in_time(office, source, "!reply CS-000002 Dear Bob.")
    assert "Goes to Bob Borg (bob@borg.example)" in said(told)
    leaves(office)
    (answer,) = office.mails("bob@")
    assert "Dear Bob." in words(answer)
    assert "Bbo" not in words(answer)
    assert office.nothing("bob@")
    assert office.nothing("ana@")


def test_a_number_that_is_taken_out_in_time_sends_it_to_the_customer_of_the_thread(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply CS-000002 Please try again.")
    told = change_in_time(office, source, "!reply Please try again.")
    assert "Goes to Ana Acme (ana@acme.example)" in said(told)
    leaves(office)
    assert "Please try again." in words(office.mails("ana@")[0])
    assert office.nothing("bob@")


def test_a_message_to_the_customers_of_two_cases_is_changed_on_both(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply Deer Ana.\n!close CS-000002 resolved")
    assert until(lambda: office.case(2).line.state == "resolved")
    change_in_time(office, source, "!reply Dear Ana.")
    assert until(lambda: office.case(2).line.state == "new")
    leaves(office)
    assert "Dear Ana." in words(office.mails("ana@")[0])
    assert office.nothing("bob@")


def test_a_message_that_the_customers_of_two_cases_have_is_corrected_for_neither(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply Deer Ana.\n!reply CS-000002 Deer Bob.")
    leaves(office)
    office.mails("bob@")
    office.slack.people.edit("sam", "triage", source.ts, "!reply Dear Ana.\n!reply CS-000002 Dear Bob.")
    told = whispered(office, "sam", "It has left already")
    assert "correction?" not in said(told), "each would read what the other was told"


# commands of which one is refused


def test_a_change_with_a_refused_command_says_so_and_what_it_sends_can_be_undone(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply First.")
    told = change_in_time(office, source, "!reply Second.\n!assign nobody@nowhere.example")
    assert "nobody@nowhere.example" in said(told), "he reads what was refused, too"
    assert "Goes to Ana Acme" in said(told)
    undo(office, told)
    whispered(office, "sam", "Taken back: nothing was sent.")
    leaves(office)
    assert office.nothing("ana@")
    assert kinds(office, "Second.") == [("internal", "taken back")]


def test_a_change_into_what_cannot_be_done_at_all_does_not_look_sent(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply First.")
    office.slack.people.edit("sam", "triage", source.ts, "!reply CS-000009 Second.")
    told = whispered(office, "sam", "Taken back: nothing was sent.")
    assert "CS-000009" in said(told)
    leaves(office)
    assert office.nothing("ana@")


# files


def test_the_files_of_an_answer_that_is_changed_in_time_go_with_the_new_words(office: Office) -> None:
    two_cases(office)
    log = office.slack.people.upload("sam", "log.txt", b"a line\n")
    source = written(office, "!reply The lgo is attached.", files=[log])
    change_in_time(office, source, "!reply The log is attached.")
    leaves(office)
    (answer,) = office.mails("ana@")
    assert "The log is attached." in words(answer)
    assert [part.get_filename() for part in answer.iter_attachments()] == ["log.txt"]
    (entry,) = [e for e in office.case().entries if e.text == "The log is attached."]
    assert [file.name for file in entry.files] == ["log.txt"]


# undone, locked, closed


def test_the_first_button_takes_back_what_was_changed_since(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply First.")
    first = whispered(office, "sam", "in 30 seconds.")
    change_in_time(office, source, "!reply Second.")
    undo(office, first)
    assert until(lambda: kinds(office, "Second.") == [("internal", "taken back")])
    leaves(office)
    assert office.nothing("ana@")


def test_a_lock_on_words_that_were_changed_before_they_left_withholds_those(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply First.")
    change_in_time(office, source, "!reply Second.")
    leaves(office)
    office.mails("ana@")
    office.slack.people.react("mia", "triage", source.ts, "lock")
    whispered(office, "mia", "Whoever was sent it already has it.")
    assert kinds(office, "Second.") == [("internal", "said")]


def test_a_typo_in_what_closes_a_case_is_mended_in_time(office: Office) -> None:
    two_cases(office)
    source = written(office, "!close resolved: It wroks again.")
    change_in_time(office, source, "!close resolved: It works again.")
    leaves(office)
    (told,) = office.mails("ana@")
    assert "It works again." in words(told)
    assert office.case().line.state == "resolved"


def test_an_answer_on_a_case_that_is_merged_meanwhile_can_still_be_changed(office: Office) -> None:
    for subject in ("Deal 1", "Deal 2"):
        office.send(ANA, DESK, subject, f"{subject} stopped yesterday at noon.")
        office.mails("ana@")
    source = written(office, "!reply It is the tga.")
    office.slack.people.post("sam", "triage", "!merge into CS-000002", thread_ts=office.card().ts)
    assert until(lambda: "merged" in [event.name for event in office.case(1).history])
    change_in_time(office, source, "!reply It is the tag.")
    leaves(office)
    assert until(lambda: kinds(office, "It is the tag.", 2))
    assert [mail for mail in office.mails("ana@", count=2) if "It is the tag." in words(mail)]
    assert office.nothing("ana@")
    assert kinds(office, "It is the tga.", 2) == [("internal", "taken back")]


def test_what_is_kept_of_a_change_is_for_the_desk(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply Use port 8081.")
    leaves(office)
    office.mails("ana@")
    office.slack.people.edit("sam", "triage", source.ts, "!reply Use port 8080.\n!note They are slow payers.")
    whispered(office, "sam", "marked as a correction?")
    (kept,) = [e for e in office.case().entries if "slow payers" in e.text]
    assert kept.visibility == "internal"


# files without words, and without files


def test_an_answer_of_files_without_a_file_goes_to_nobody(office: Office) -> None:
    two_cases(office)
    office.slack.people.post("sam", "triage", "!attach", thread_ts=office.card().ts)
    whispered(office, "sam", "No file came with your message, so nothing was added to CS-000001.")
    assert office.nothing("ana@")
    assert [entry.text for entry in office.case().entries] == ["It stopped yesterday at noon."]
    assert office.case().line.state == "new", "nobody has answered"


def test_a_customers_files_without_a_file_open_no_closed_case(office: Office) -> None:
    office.send(
        ANA, DESK, "Keine Lieferung", "Guten Tag,\n\nseit gestern Mittag kommt nichts mehr an.\n\nAna"
    )
    (confirmation,) = office.mails("ana@")
    office.slack.people.post("sam", "triage", "!close resolved", thread_ts=office.card().ts)
    assert until(lambda: office.case().line.state == "resolved")
    leaves(office)
    office.mails("ana@")
    office.answer(confirmation, ANA, "#attach")
    (told,) = office.mails("ana@")
    assert "Mit Ihrer Nachricht kam keine Datei, also wurde zu CS-000001 nichts hinzugefügt." in " ".join(
        words(told).split()
    )
    assert office.case().line.state == "resolved"


def test_the_files_of_an_answer_without_words_are_waited_for(office: Office) -> None:
    two_cases(office)
    office.slack.workspace.faults.add("slow", method="files.info", seconds=4)
    log = office.slack.people.upload("sam", "log.txt", b"a line\n")
    office.slack.people.post("sam", "triage", "!attach", thread_ts=office.card().ts, files=[log])
    whispered(office, "sam", "A file on CS-000001, on the way to Ana Acme.")
    leaves(office)
    (answer,) = office.mails("ana@")
    assert [part.get_filename() for part in answer.iter_attachments()] == ["log.txt"]


# what comes late


def slow_file(office: Office, seconds: float, name: str = "log.txt") -> File:
    """Open two cases, and upload a file that Slack delivers late."""
    two_cases(office)
    office.slack.workspace.faults.add("slow", method="files.info", seconds=seconds)
    return office.slack.people.upload("sam", name, b"a line\n")


def public_files(office: Office) -> list[str]:
    """The files of the first case that its customers may have."""
    return [
        file.name for entry in office.case().entries for file in entry.files if entry.visibility == "public"
    ]


@pytest.mark.parametrize("command", ["!reply The lgo is attached.", "!reply CS-000002 The log is attached."])
def test_a_late_file_goes_with_the_changed_text_to_the_customer_who_gets_it(
    office: Office, command: str
) -> None:
    log = slow_file(office, 6)
    source = written(office, command, files=[log])
    change_in_time(office, source, "!reply The log is attached.")
    assert until(lambda: public_files(office))
    leaves(office)
    told = office.mails("ana@", count=2)
    assert [part.get_filename() for mail in told for part in mail.iter_attachments()] == ["log.txt"]
    assert office.nothing("bob@")


def test_a_file_that_came_late_is_not_sent_without_its_words(office: Office) -> None:
    log = slow_file(office, 4, "salaries.csv")
    source = written(office, "!reply Here you are.", files=[log])
    assert until(lambda: [f.name for e in office.case().entries for f in e.files])
    office.slack.people.delete("sam", "triage", source.ts)
    whispered(office, "sam", "Taken back: nothing was sent.")
    leaves(office)
    assert office.nothing("ana@")


def test_a_change_that_is_read_before_the_first_words_are_handled_changes_what_is_sent(
    office: Office,
) -> None:
    log = slow_file(office, 8)
    people, root = office.slack.people, office.card().ts
    source = people.post("sam", "triage", "!reply The lgo is attached.", thread_ts=root, files=[log])
    change_in_time(office, source, "!reply The log is attached.")
    leaves(office)
    assert "The log is attached." in words(office.mails("ana@")[0])


def test_what_was_taken_back_is_not_sent_by_a_change_and_its_writer_is_told(office: Office) -> None:
    two_cases(office)
    source = written(office, "!reply First.")
    undo(office, whispered(office, "sam", "in 30 seconds."))
    assert until(lambda: kinds(office, "First.") == [("internal", "taken back")])
    office.slack.people.edit("sam", "triage", source.ts, "!reply Second.")
    whispered(office, "sam", "It was taken back before it was sent")
    leaves(office)
    assert office.nothing("ana@")


def test_of_two_changes_that_come_at_once_the_last_is_sent(office: Office) -> None:
    log = slow_file(office, 8)
    people, root = office.slack.people, office.card().ts
    source = people.post("sam", "triage", "!reply One.", thread_ts=root, files=[log])
    people.edit("sam", "triage", source.ts, "!reply Two.")
    people.edit("sam", "triage", source.ts, "!reply Three.")
    assert until(lambda: kinds(office, "Three.") == [("public", "said")])
    leaves(office)
    assert "Three." in words(office.mails("ana@")[0])
    assert ("public", "said") not in kinds(office, "Two.")


def test_a_file_that_waits_is_taken_back_with_its_message_although_the_words_have_left(
    office: Office,
) -> None:
    log = slow_file(office, 6, "salaries.csv")
    source = written(office, "!reply Here you are.", files=[log])
    leaves(office)
    office.mails("ana@")
    assert until(lambda: public_files(office))
    office.slack.people.delete("sam", "triage", source.ts)
    whispered(office, "sam", "What had not left yet was taken back.")
    office.pass_time(minutes=4)
    assert office.nothing("ana@")


@pytest.mark.parametrize("where", ["general", "@app"])
def test_what_was_sent_from_elsewhere_is_changed_and_deleted_in_time_too(office: Office, where: str) -> None:
    two_cases(office)
    people = office.slack.people
    place = people.open_dm("sam").id if where == "@app" else where
    first = people.post("sam", place, "@Case reply CS-000002 Dear Bbo.")
    assert marked(office, first, WAITS)
    people.edit("sam", place, first.ts, "@Case reply CS-000002 Dear Bob.")
    assert until(lambda: kinds(office, "Dear Bob.", 2) == [("public", "said")])
    people.delete("sam", place, first.ts)
    assert until(lambda: kinds(office, "Dear Bob.", 2) == [("internal", "taken back")])
    assert office.nothing("bob@")
