"""Customers in Slack: a case opened there lives there, in their own channel or in a talk with the app."""

from __future__ import annotations

from typing import Any

from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import hurry
from tests.support.houses.slack_house import open_form


def opened(office: Office, user: str, channel: str) -> Any:
    """Open a case by the form; the message that tells of it."""
    people = office.slack.people
    before = {m.ts for m in office.messages("acme")}
    seen = people.slash(user, channel, "/case new Deal ID 12333: no delivery", wait=5)
    people.type_into(user, seen.modal.id, "text", "Since this morning.")
    assert not people.submit(user, seen.modal.id).errors
    home = "acme" if channel == "acme" else people.open_dm(user).id
    (told,) = until(lambda: [m for m in office.messages(home) if m.ts not in before])
    office.settled()  # from now on it is known whose thread begins there
    return told


def test_the_files_of_a_form_are_told_in_the_customers_channel_however_late_its_thread_begins(
    office: Office,
) -> None:
    people, faults = office.slack.people, office.slack.workspace.faults
    open_form(people, "ana", "acme", "/case new Deal ID 12333: no delivery", text="Since this morning.")
    people.attach("ana", "modal", "files", [people.upload("ana", "report.csv", b"a,b\n1,2\n")])
    faults.add("slow", method="chat.postMessage", seconds=3)
    assert not people.submit("ana", "modal").errors
    told = until(lambda: office.messages("acme"))
    faults.clear()
    assert until(lambda: [one for one in office.replies(told[0]) if "report.csv" in str(one.files)])


def test_a_case_of_a_customers_channel_lives_there_for_all_who_are_in_it(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    assert "CS-000001" in said(told)
    card = office.card()
    assert "Acme" in said(card), "the channel is bound to its account"
    people.post("eve", "acme", "It hits our whole team.", thread_ts=told.ts)
    office.in_thread("It hits our whole team.")
    assert [p.role for p in office.case().participants] == ["requester", "collaborator"]
    people.post("sam", "triage", "A guess. CANARY", thread_ts=card.ts)
    people.post("sam", "triage", "!reply We have found it.", thread_ts=card.ts)
    until(lambda: [m for m in office.replies(told) if "We have found it." in said(m)])
    office.settled()
    answers = [m for m in office.replies(told) if "We have found it." in said(m)]
    assert len(answers) == 1, "two people in one thread are told once"
    assert not [m for m in office.messages("acme") + office.replies(told) if "CANARY" in said(m)]
    assert not office.messages(people.open_dm("ana").id), "and not in private besides"


def test_what_a_customer_says_in_their_thread_wakes_and_reopens(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "general")
    people.post("sam", "triage", "!close resolved, please check", thread_ts=office.card().ts)
    until(lambda: [m for m in office.replies(told) if "closed" in said(m)])
    assert office.case().line.state == "resolved"
    people.post("ana", told.channel, "No, it is back.", thread_ts=told.ts)
    office.in_thread("No, it is back.")
    assert until(lambda: office.case().line.state == "open")


def test_a_concern_is_told_to_the_manager_in_person(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "general")
    people.post("sam", "triage", "!take", thread_ts=office.card().ts)
    until(lambda: office.case().line.owner)
    people.post(
        "ana", told.channel, "!concern lack of reply +49 30 123456: nobody answers me", thread_ts=told.ts
    )
    (mail,) = office.mails("max@")
    assert "nobody answers me" in words(mail)
    (private,) = until(lambda: office.messages(people.open_dm("mia").id))
    assert "nobody answers me" in said(private)
    assert "<@U0MIA>" in said(office.in_thread("nobody answers me"))
    assert until(lambda: "concern was raised" in said(office.card()))


def test_a_stranger_learns_nothing_about_a_case(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "general")
    hit = people.slash("noa", "general", "/case show CS-000001", wait=3)
    miss = people.slash("noa", "general", "/case show CS-000077", wait=3)
    assert hit.text.replace("000001", "000077") == miss.text
    assert "Since this morning" not in said(hit.ephemerals[0])
    assert told


def test_words_in_a_talk_that_belong_to_no_case_are_answered(office: Office) -> None:
    people = office.slack.people
    talk = people.open_dm("noa")
    asked = people.post("noa", talk.id, "hello?")
    (answer,) = until(lambda: office.replies(asked))
    assert "Open a case" in said(answer)
    assert "/case" not in said(answer), "not everybody has the command"
    assert office.cases() == []


def test_a_survey_goes_to_its_person_alone(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    people.post("ana", "acme", "!close works again", thread_ts=told.ts)
    until(lambda: office.case().line.state == "closed")
    office.pass_time(days=30)
    (asked,) = until(lambda: office.messages(people.open_dm("ana").id))
    assert f"http://127.0.0.1:{office.web}/survey/" in said(asked)
    assert not [m for m in office.replies(told) if "/survey/" in said(m)]


def test_a_colleague_who_is_added_is_told_by_name_and_reads_on_in_a_talk_of_their_own(office: Office) -> None:
    people = office.slack.people
    opened(office, "ana", "general")
    seen = people.slash("ana", "general", "/case add CS-000001 @noa", wait=3)
    assert "Noa Nomail was added" in seen.text
    (told,) = until(lambda: office.messages(people.open_dm("noa").id))
    people.post("sam", "triage", "!reply Fixed.", thread_ts=office.card().ts)
    assert until(lambda: [m for m in office.replies(told) if "Fixed." in said(m)])
    people.post("noa", told.channel, "Thanks from me too.", thread_ts=told.ts)
    assert "Noa Nomail" in said(office.in_thread("Thanks from me too."))


def test_whoever_joined_by_a_word_in_a_merged_cases_thread_leaves_with_it(office: Office) -> None:
    office.send("Zoe <zoe@elsewhere.example>", "support@example.com", "Silent", "Zoe waits.")
    office.card(1)
    told = opened(office, "ana", "acme")
    people = office.slack.people
    people.slash("sam", "triage", "/case merge CS-000002 into CS-000001")
    people.post("eve", "acme", "It hits our whole team.", thread_ts=told.ts)
    assert until(lambda: "It hits our whole team." in [entry.text for entry in office.case(1).entries])
    assert len(office.case(1).participants) == 3
    people.slash("sam", "triage", "/case unmerge CS-000002")
    assert until(lambda: "let go" in office.history(1))
    assert [part.address for part in office.case(1).participants] == ["zoe@elsewhere.example"]


def test_who_answers_before_we_know_that_our_words_stand_there_is_heard(office: Office) -> None:
    """Slack took the message, and its answer was lost: the talk's thread is no case's yet, as far as we know."""
    people, faults = office.slack.people, office.slack.workspace.faults
    direct = people.open_dm("ana")
    seen = people.slash("ana", "general", "/case new Deal ID 12333: no delivery", wait=5)
    people.type_into("ana", seen.modal.id, "text", "Since this morning.")
    faults.add("lost", method="chat.postMessage")
    people.submit("ana", seen.modal.id)
    (told,) = until(lambda: office.messages(direct.id))
    people.post("ana", direct.id, "It is back since noon.", thread_ts=told.ts)
    assert until(lambda: [line.reason for line in office.inbox() if line.reason])
    assert "unreadable: its thread is not known yet" in {line.reason for line in office.inbox()}
    faults.clear("lost")
    hurry(office)
    office.in_thread("It is back since noon.")
    assert [entry.text for entry in office.case().entries][-1] == "It is back since noon."
    assert not [m for m in office.replies(told) if "no case" in said(m)]


def test_a_colleague_is_added_by_a_mention_in_the_thread_where_there_is_no_slash_command(
    office: Office,
) -> None:
    people = office.slack.people
    office.slack.workspace.add_user("fay", id="U0FAY", team="T0ACME", real_name="Fay (Acme)")
    people.post("eve", "acme", "@Case new Deal ID 12333: no delivery")
    (told,) = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])
    office.settled()
    people.post("eve", "acme", "It hits us all.\n!add @fay", thread_ts=told.ts)
    assert "asks to add Fay" in said(office.in_thread("Eve Acme asks to add"))
    assert [entry.text for entry in office.case().entries][-1] == "It hits us all."
    people.post("sam", "triage", "@Case add @fay", thread_ts=office.card().ts)
    assert until(lambda: office.messages(people.open_dm("fay").id))
    assert office.case().participants[-1].address == "t0acme/u0fay"
    people.post("sam", "triage", "!remove @fay", thread_ts=office.card().ts)
    assert until(lambda: "participant removed" in office.history())


def test_what_is_no_channel_of_ours_names_nobody(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    people.post("ana", "acme", "!add gopher:example/menu", thread_ts=told.ts)
    office.settled()
    assert [p.role for p in office.case().participants] == ["requester"]


def test_a_case_without_words_or_files_is_not_said_to_have_files(office: Office) -> None:
    people = office.slack.people
    people.post("noa", "general", "@Case new Deal ID 12345: no delivery")
    office.card()
    office.settled()
    shown = said(people.slash("noa", "general", "/case show CS-000001", wait=3).ephemerals[-1])
    assert "Deal ID 12345: no delivery" in shown
    assert "files only" not in shown
