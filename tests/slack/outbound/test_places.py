"""Where a case lives in Slack, and who reads it there: nowhere but where its own people read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.queries.lists import ListOutbox, OutboxLine
from channels.slack.workspace import web_api
from rehearsal.slack.workspace.conversation import Message
from store.cases import thread
from store.people import account
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK, hurry
from tests.support.houses.slack_house import words_of


def by_us(office: Office, messages: list[Message]) -> list[Message]:
    """What the app itself said."""
    return [message for message in messages if message.user == office.slack.workspace.app.bot_user]


def talk(office: Office, user: str) -> list[Message]:
    """What the app said to somebody alone, once there is something; threads aside."""
    home = office.slack.people.open_dm(user).id
    until(lambda: by_us(office, office.messages(home)))
    return by_us(office, office.messages(home))


def asked_for(office: Office, user: str, channel: str, words: str) -> Message:
    """A case that somebody opened by calling the app; the message that calls it."""
    asked = office.slack.people.post(user, channel, f"@Case new {words}")
    office.card()
    office.settled()
    return asked


def case_in_channel(office: Office) -> Message:
    """Open a case in Acme's channel, and return the message that begins its thread."""
    asked_for(office, "ana", "acme", "Deal ID 12345: no delivery")
    (home,) = [m for m in office.messages("acme") if "Thank you for writing" in said(m)]
    return home


def noa_joins(office: Office, home: Message) -> None:
    """Let Noa join Acme's channel, and write in the thread of the case."""
    office.slack.people.join("noa", "acme")
    office.slack.people.post("noa", "acme", "Me too.", thread_ts=home.ts)
    office.in_thread("Me too.")


def everywhere(office: Office, *channels: str) -> str:
    """All that is said in some channels, threads too."""
    roots = [message for channel in channels for message in office.messages(channel)]
    return "\n".join(said(m) for root in roots for m in (root, *office.replies(root)))


def deleted(office: Office, message: Message) -> None:
    """An administrator deletes a message of the app."""
    with office.slack.workspace.lock:
        del office.slack.workspace.channel(message.channel).messages[message.ts]


def test_a_case_opened_in_a_channel_of_nobody_is_told_in_a_talk(office: Office) -> None:
    people = office.slack.people
    asked = asked_for(office, "ana", "general", "Deal ID 12345: no delivery")
    (told,) = talk(office, "ana")
    assert "CS-000001" in said(told)
    assert office.messages("general") == [asked]
    assert not office.replies(asked)
    people.post("noa", "general", "Me too!", thread_ts=asked.ts)
    people.post("ana", told.channel, "It is urgent.", thread_ts=told.ts)
    office.in_thread("It is urgent.")
    assert [p.name for p in office.case().participants] == ["Ana Acme"], "bystanders take no part"


def test_what_colleagues_say_about_a_case_in_the_desks_channel_reaches_no_customer(office: Office) -> None:
    people = office.slack.people
    asked = asked_for(office, "sam", "triage", "Ana phoned: Deal ID 12345 does not deliver")
    assert "was added" in people.slash("sam", "triage", "/case add CS-000001 ana@acme.example", wait=3).text
    office.mails("ana@")
    for root in list(office.messages("triage")):
        people.post("mia", "triage", "They have not paid. CANARY", thread_ts=root.ts)
    assert office.in_thread("CANARY")
    assert office.nothing("ana@")
    assert "CANARY" not in everywhere(office, talk(office, "sam")[0].channel)
    assert len(office.messages("triage")) == 2, "the words that called the app, and the card"
    assert not by_us(office, office.replies(asked))


def test_the_desks_channel_is_never_a_customers(office: Office) -> None:
    with office.app.database.writing() as tx:  # the config refuses it, but the store may know it from before
        tx.add(account.account_place, channel="slack", address="T0HOME/C0TRIAGE", account_id=1)
    asked_for(office, "sam", "triage", "Ana phoned: Deal ID 12345 does not deliver")
    assert "CS-000001" in said(talk(office, "sam")[0])
    assert len(office.messages("triage")) == 2


def test_an_old_customers_thread_in_the_desks_channel_is_the_desks(office: Office) -> None:
    people = office.slack.people
    office.send(ANA, DESK, "Deal", "It stopped delivering this morning.")
    office.mails("ana@")
    office.card()
    root = people.post("sam", "triage", "About Ana's deal:")
    with office.app.database.writing() as tx:
        thread.begin(tx, thread.Thread("slack", f"T0HOME/C0TRIAGE/{root.ts}", 1, "customer"))
    people.post("mia", "triage", "They have not paid. CANARY", thread_ts=root.ts)
    until(lambda: [e for e in office.case().entries if e.visibility == "internal"])
    assert office.nothing("ana@")


def test_a_case_opened_in_a_talk_is_its_persons_own(office: Office) -> None:
    people = office.slack.people
    people.post("ana", people.open_dm("ana").id, "!new Deal ID 12345: no delivery")
    until(lambda: [m for m in talk(office, "ana") if "Thank you for writing" in said(m)])
    office.settled()
    people.slash("ana", "general", "/case add CS-000001 @noa", wait=3)
    (told,) = talk(office, "noa")
    people.slash("sam", "triage", "/case reply CS-000001 Please try again.", wait=3)
    assert until(lambda: [m for m in office.replies(told) if "Please try again." in said(m)])


def test_whoever_is_added_to_a_case_in_a_channel_they_are_not_in_is_told_in_a_talk(office: Office) -> None:
    people = office.slack.people
    home = case_in_channel(office)
    people.slash("sam", "triage", "/case add CS-000001 @noa", wait=3)
    (told,) = talk(office, "noa")
    assert "added you" in said(told)
    people.slash("sam", "triage", "/case reply CS-000001 It is fixed.", wait=3)
    assert until(lambda: [m for m in office.replies(told) if "It is fixed." in said(m)])
    office.settled()
    assert len([m for m in office.replies(home) if "It is fixed." in said(m)]) == 1
    people.post("noa", told.channel, "Thank you!", thread_ts=told.ts)
    assert until(lambda: [m for m in office.replies(home) if "Thank you!" in said(m)]), "Ana reads it there"
    people.post("ana", "acme", "From me too.", thread_ts=home.ts)
    assert until(lambda: [m for m in office.replies(told) if "From me too." in said(m)])


def test_what_is_answered_to_a_private_word_stays_with_the_desk(office: Office) -> None:
    people = office.slack.people
    home = case_in_channel(office)
    people.post("eve", "acme", "It hits our whole team.", thread_ts=home.ts)
    people.post("ana", "acme", "!concern nobody answers me", thread_ts=home.ts)
    (asked,) = talk(office, "ana")
    assert "phone number" in said(asked)
    people.post("ana", asked.channel, "+49 30 123456, please call", thread_ts=asked.ts)
    office.in_thread("+49 30 123456")
    office.settled()
    (understood,) = by_us(office, office.replies(asked))
    assert "called at the number you gave: +49 30 123456" in said(understood)
    assert "123456" not in everywhere(office, "acme")
    assert [e.visibility for e in office.case().entries if "123456" in e.text] == ["internal"]
    people.slash("sam", "triage", "/case reply CS-000001 We are on it.", wait=3)
    assert until(lambda: [m for m in office.replies(home) if "We are on it." in said(m)]), (
        "the case lives on there"
    )
    assert "We are on it." not in everywhere(office, asked.channel)


def test_a_customers_channel_that_refuses_us_is_no_dead_end(office: Office) -> None:
    people = office.slack.people
    home = case_in_channel(office)
    noa_joins(office, home)
    with office.slack.workspace.lock:
        office.slack.workspace.channel("acme").members.remove(office.slack.workspace.app.bot_user)
    people.slash("sam", "triage", "/case reply CS-000001 It is fixed.", wait=3)
    (told,) = talk(office, "ana")
    assert "It is fixed." in said(told)
    office.settled()
    people.slash("sam", "triage", "/case reply CS-000001 Really.", wait=3)
    assert until(lambda: [m for m in office.replies(told) if "Really." in said(m)])
    assert "It is fixed." in said(talk(office, "noa")[0]), "who read it there too"
    assert office.in_thread("own channel does not take what we say (not_in_channel)")
    people.post("ana", told.channel, "Thank you!", thread_ts=told.ts)
    assert office.in_thread("Thank you!")


def test_what_comes_after_a_card_was_deleted_stands_below_the_new_one(office: Office) -> None:
    people = office.slack.people
    office.send(ANA, DESK, "Deal", "It stopped delivering this morning.")
    office.in_thread("It stopped delivering")
    before = office.card()
    office.drained()
    deleted(office, before)
    people.slash("sam", "triage", "/case take CS-000001", wait=3)
    after = until(lambda: [m for m in office.messages("triage") if m.ts != before.ts])[0]
    office.drained()
    people.slash("sam", "triage", "/case note CS-000001 Look at this.", wait=3)
    assert until(lambda: [m for m in office.replies(after) if "Look at this." in said(m)])
    office.drained()
    assert office.card().ts == after.ts, "and it is the one that is kept up to date"
    assert "Sam" in said(office.card())


def test_a_word_below_a_deleted_card_brings_a_new_one(office: Office) -> None:
    people = office.slack.people
    office.send(ANA, DESK, "Deal", "It stopped delivering this morning.")
    office.in_thread("It stopped delivering")
    office.drained()
    people.slash("sam", "triage", "/case note CS-000001 First.", wait=3)
    office.in_thread("First.")  # the card rests now: the next word comes before it is drawn anew
    deleted(office, office.card())
    people.slash("sam", "triage", "/case note CS-000001 Second.", wait=3)
    office.in_thread("Second.")
    office.drained()
    people.slash("sam", "triage", "/case close CS-000001 duplicate", wait=3)
    assert until(lambda: "losed" in said(office.card())), "one card, and it lives"


def put_off(office: Office, notice: str) -> list[OutboxLine]:
    return [line for line in office.ask(ListOutbox("waiting")) if line.notice == notice and line.reason]


def test_what_waits_for_a_card_that_cannot_be_posted_yet_waits_longer_each_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_api, "SOON", 15.0)
    monkeypatch.setattr(web_api, "LATER", 45.0)
    office.slack.workspace.faults.add("error", method="chat.postMessage", error="internal_error", times=1)
    office.send(ANA, DESK, "Deal", "It stopped delivering this morning.")
    office.mails("ana@")
    later = lambda line: line.due_at - office.app.desk.now() > timedelta(seconds=2)  # noqa: E731
    assert until(lambda: [line for line in put_off(office, "case opened") if later(line)]), (
        "after one second, after two, after four"
    )
    office.pass_time(minutes=2)
    assert office.in_thread("It stopped delivering"), "then it brings a card of its own"


def test_a_case_closed_before_all_eyes_is_told_whole(office: Office) -> None:
    people = office.slack.people
    home = case_in_channel(office)
    people.post("eve", "acme", "Me too.", thread_ts=home.ts)
    office.in_thread("Me too.")
    people.post("sam", "acme", "!close resolved, it was the filter", thread_ts=home.ts)
    (told,) = until(lambda: [m for m in office.replies(home) if "has closed" in said(m)])
    assert "reply within 14 days" in said(told)
    assert "it was the filter" not in said(told), "that stands there already"
    office.settled()
    assert len([m for m in office.replies(home) if "has closed" in said(m)]) == 1


def test_whoever_was_removed_stays_removed(office: Office) -> None:
    people = office.slack.people
    home = case_in_channel(office)
    noa_joins(office, home)
    people.slash("ana", "acme", "/case remove CS-000001 @noa", wait=3)
    assert roles(office)["Noa Nomail"] == "removed"
    people.post("noa", "acme", "I am back.", thread_ts=home.ts)
    assert "Noa Nomail was removed from this case" in said(office.in_thread("I am back."))
    office.settled()
    assert roles(office)["Noa Nomail"] == "removed"
    assert [e.visibility for e in office.case().entries if e.text == "I am back."] == ["internal"]
    people.slash("ana", "acme", "/case add CS-000001 @noa", wait=3)
    people.post("noa", "acme", "Thank you.", thread_ts=home.ts)
    office.in_thread("Thank you.")
    assert [e.visibility for e in office.case().entries if e.text == "Thank you."] == ["public"]


def roles(office: Office) -> dict[str, str]:
    return {part.name: part.role for part in office.case().participants}


def test_nothing_is_said_to_a_correction_of_words_that_led_to_no_case(office: Office) -> None:
    people = office.slack.people
    home = people.open_dm("noa").id
    asked = people.post("noa", home, "hello?")
    until(lambda: office.replies(asked))
    people.edit("noa", home, asked.ts, "hello!")
    until(lambda: len(office.inbox()) == 2)
    people.delete("noa", home, asked.ts)
    until(lambda: len(office.inbox()) == 3)
    office.settled()
    with office.slack.workspace.lock:
        answers = by_us(office, list(office.slack.workspace.channel(home).messages.values()))
    assert len(answers) == 1


def test_a_channel_that_is_an_accounts_no_longer_hears_no_more(office: Office) -> None:
    people = office.slack.people
    home = case_in_channel(office)
    with office.app.database.writing() as tx:  # as a start does, once the config has it no longer
        account.set_places(tx, "slack", {})
    people.slash("sam", "triage", "/case reply CS-000001 It is fixed.", wait=3)
    assert "It is fixed." in said(talk(office, "ana")[0])
    people.post("eve", "acme", "What is this about?", thread_ts=home.ts)
    people.post("ana", "acme", "Thank you.", thread_ts=home.ts)
    office.in_thread("Thank you.")
    assert until(lambda: [e for e in office.case().entries if "What is this" in e.text])  # in whichever order
    assert [p.name for p in office.case().participants] == ["Ana Acme"]
    assert [e.visibility for e in office.case().entries if "What is this" in e.text] == ["internal"]
    people.slash("sam", "triage", "/case reply CS-000001 You are welcome.", wait=3)
    office.settled()
    assert "welcome" not in everywhere(office, "acme")


def test_the_file_of_an_answer_that_begins_a_new_thread_stands_in_it(office: Office) -> None:
    """Somebody deleted the message below which Ana read her case."""
    people = office.slack.people
    asked_for(office, "ana", "general", "Deal ID 12345: no delivery")
    (first,) = talk(office, "ana")
    deleted(office, first)
    fix = people.upload("sam", "fix.txt", b"a line\n")
    people.post("sam", "triage", "!reply Try this.", thread_ts=office.card().ts, files=[fix])
    (root,) = until(
        lambda: [m for m in by_us(office, office.messages(first.channel)) if "Try this." in said(m)]
    )
    assert until(lambda: [file.name for m in office.replies(root) for file in m.files]) == ["fix.txt"]
    office.settled()
    assert not [m for m in office.messages(first.channel) if m.files]


def test_two_files_of_one_name_both_arrive_though_slacks_answer_to_the_first_is_lost(office: Office) -> None:
    people = office.slack.people
    asked_for(office, "ana", "general", "Deal ID 12345: no delivery")
    talk(office, "ana")
    office.settled()
    pictures = [people.upload("sam", "image.png", content) for content in (b"first", b"second")]
    office.slack.workspace.faults.add("lost", method="files.completeUploadExternal", times=1)
    people.post("sam", "triage", "!reply Like this.", thread_ts=office.card().ts, files=pictures)
    channel = office.slack.workspace.channel(people.open_dm("ana").id)

    def pictures_there() -> list[bytes]:
        with office.slack.workspace.lock:
            return [file.data for message in channel.messages.values() for file in message.files]

    assert until(lambda: len(pictures_there()) > 1), pictures_there()
    office.settled()
    assert pictures_there() == [b"first", b"second"]


def test_what_is_asked_in_a_channel_is_answered_there_to_the_asker_alone(office: Office) -> None:
    asked_for(office, "ana", "general", "Deal ID 12345: no delivery")
    before = len(office.slack.workspace.ephemerals)
    asked = office.slack.people.post("ana", "general", "@Case show CS-000001")
    (answer,) = until(lambda: office.slack.workspace.ephemerals[before:])
    assert "CS-000001 in full is below." in said(answer)
    assert (answer.channel, answer.thread_ts or "", answer.ephemeral_to) == (asked.channel, "", asked.user)
    office.settled()
    assert not by_us(office, office.replies(asked))


def test_after_a_merge_an_answer_still_stands_in_each_persons_own_thread(office: Office) -> None:
    people = office.slack.people
    office.send("Zoe <zoe@elsewhere.example>", "support@example.com", "Silent", "Zoe waits.")
    office.card(1)
    people.post("ana", people.open_dm("ana").id, "!new Deal ID 12345: no delivery")
    (root,) = talk(office, "ana")
    office.settled()
    people.slash("sam", "triage", "/case merge CS-000002 into CS-000001", wait=3)
    people.slash("sam", "triage", "/case reply CS-000001 It is fixed.", wait=3)
    assert until(lambda: [m for m in office.replies(root) if "It is fixed." in said(m)])
    office.settled()
    assert talk(office, "ana") == [root]


def test_the_cases_own_heading_is_not_repeated_below_its_card(office: Office) -> None:
    office.send("Ana <ana@acme.example>", "support@example.com", "Deal ID 12345", "It stopped.")
    (confirmation,) = office.mails("ana@")
    office.answer(confirmation, "Ana <ana@acme.example>", "It is worse now.")
    told = office.in_thread("It is worse now.")
    assert "Deal ID 12345" in words_of(office.card().blocks)
    assert "Deal ID 12345" not in words_of(told.blocks)


def test_words_that_are_tried_before_their_card_wait_for_it_and_draw_no_second_one(office: Office) -> None:
    """Slack took the card, and its answer was lost; an operator has the words tried first."""
    office.slack.workspace.faults.add("lost", method="chat.postMessage", times=1)
    office.send("Ana <ana@acme.example>", "support@example.com", "Deal", "It stopped.")
    (told,) = until(lambda: put_off(office, "case opened"))
    office.app.desk.retry([told.id])
    assert until(
        lambda: [line for line in put_off(office, "case opened") if "for the case's card" in line.reason]
    )
    hurry(office)
    office.in_thread("It stopped.")
    assert len(office.messages("triage")) == 1
