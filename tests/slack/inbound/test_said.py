"""What people say in Slack, as it really tells it: forwarded words, posts through apps, locks, last lines, threads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rehearsal.slack.workspace.conversation import Message
from tests.slack.test_customers import opened
from tests.stories.test_signs import whispered
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import hurry
from tests.support.setup import databases

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"


def by_mail(office: Office) -> Message:
    """A case that Ana opened by mail; its card."""
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped yesterday at noon.\n\nAna")
    office.mails("ana@")
    return office.card()


def last(office: Office) -> str:
    """The last words on the case."""
    office.settled()
    return office.case().entries[-1].text


def plain(mail: Any) -> str:
    return words(mail).replace("\r\n", "\n")


def link(message: Message) -> str:
    return f"/archives/{message.channel}/p{message.ts.replace('.', '')}"


# a space behind the mark


@pytest.mark.parametrize("typed", ["! reply It is fixed.", "@case ! repyl It is fixed."])
def test_an_answer_with_a_space_behind_its_mark_is_kept_inside_and_its_writer_is_told(
    office: Office, typed: str
) -> None:
    card = by_mail(office)
    office.slack.people.post("sam", "triage", typed, thread_ts=card.ts)
    told = said(whispered(office, "sam", "no command"))
    assert "Did you mean “!reply”?" in told
    assert "Only the support team sees it" in told
    assert "It is fixed." in last(office)
    assert office.nothing("ana@")


def test_a_customers_words_with_a_space_behind_their_mark_are_on_the_case(office: Office) -> None:
    told = opened(office, "ana", "acme")
    office.slack.people.post("ana", "acme", "! close it was our mistake", thread_ts=told.ts)
    assert "Did you mean “!close”?" in said(whispered(office, "ana", "no command"))
    office.in_thread("! close it was our mistake")


# forwarded messages


def test_a_forwarded_message_is_read_with_its_author_and_its_link(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    first = people.post("eve", "acme", "The tag is <gone> since 12:00.\nSee @sam")
    people.post("ana", "acme", thread_ts=told.ts, forward=first)
    stands = said(office.in_thread("Eve Acme"))
    assert "gone" in stands
    entry = last(office)
    assert entry.startswith("> The tag is <gone> since 12:00.\n> See @Sam Specialist\n— Eve Acme, https://")
    assert entry.endswith(link(first))


def test_what_is_written_above_a_forwarded_message_comes_first_and_its_files_come_along(
    office: Office,
) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    log = people.upload("eve", "dump.log", b"a line\n")
    first = people.post("eve", "acme", "!close it all", files=[log])
    people.post("ana", "acme", "Please look at this:", thread_ts=told.ts, forward=first)
    office.in_thread("Please look at this:")
    assert last(office).startswith("Please look at this:\n\n> !close it all\n— Eve Acme, https://")
    assert until(
        lambda: [file.name for entry in office.case().entries for file in entry.files] == ["dump.log"]
    )
    assert office.case().line.state != "closed", "what others wrote is no command"


def test_a_case_can_be_opened_by_forwarding_a_message(office: Office) -> None:
    people = office.slack.people
    first = people.post("noa", "general", "Deal ID 4711: no delivery\nSince this morning.")
    people.post("ana", "general", "@case new", forward=first)
    card = office.card()
    assert "Deal ID 4711: no delivery" in said(card)
    line = office.case().line
    assert (line.subject, line.requester) == ("Deal ID 4711: no delivery", "Ana Acme")
    assert "Since this morning." in office.case().entries[0].text
    assert "Noa Nomail" in office.case().entries[0].text


# through an app


def test_what_a_person_posts_through_an_app_is_theirs(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    gif = {"fallback": "a cat", "title": "Waiting cat", "image_url": "https://media.example.com/cat.gif"}
    people.post("ana", "acme", thread_ts=told.ts, through="Giphy", attachments=[gif])
    office.in_thread("Waiting cat https://media.example.com/cat.gif")
    people.post("eve", "acme", "The report is here.", thread_ts=told.ts, through="Drive")
    office.in_thread("The report is here.")
    assert [part.address for part in office.case().participants] == ["t0home/u0ana", "t0acme/u0eve"]


def test_a_bot_with_a_user_of_its_own_is_still_a_bot(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    people.join("weather", "acme")
    for rain in ("Rain.", "More rain."):
        people.post("weather", "acme", rain, thread_ts=told.ts, through="Weather")
        office.settled()
    people.post("ana", "acme", "And mine.", thread_ts=told.ts)
    office.in_thread("And mine.")
    assert not [entry for entry in office.case().entries if "rain" in entry.text.lower()]
    assert [part.address for part in office.case().participants] == ["t0home/u0ana"]
    assert not [one for one in office.replies(told) if "rain" in said(one).lower() and one.user == "U0CASE"]


def test_a_bot_that_is_on_the_list_is_heard_each_time(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, more='bots = ["BWEATHER"]\n') as office:
        people = office.slack.people
        told = opened(office, "ana", "acme")
        people.join("weather", "acme")
        for rain in ("Rain.", "More rain."):
            people.post("weather", "acme", rain, thread_ts=told.ts, through="Weather")
            office.in_thread(rain)


def test_whether_a_bot_wrote_it_is_asked_until_slack_says(office: Office) -> None:
    people, faults = office.slack.people, office.slack.workspace.faults
    told = opened(office, "ana", "acme")
    faults.add("error", method="users.info", error="internal_error")
    people.post("eve", "acme", "The report is here.", thread_ts=told.ts, through="Drive")
    assert until(lambda: [line for line in office.inbox() if "does not say" in line.reason])
    faults.clear()
    hurry(office)
    office.in_thread("The report is here.")


# behind a lock


@pytest.mark.parametrize("lock", ["🔒", ":lock:", "🔐 "])
def test_a_specialists_aside_in_a_customers_thread_stays_out_of_the_case(office: Office, lock: str) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    people.slash("ana", "acme", "/case add CS-000001 @noa", wait=3)
    people.post("sam", "acme", f"{lock} They pay late. CANARY", thread_ts=told.ts)
    people.post("sam", "acme", "We are on it.", thread_ts=told.ts)
    assert until(lambda: "We are on it." in [entry.text for entry in office.case().entries])
    office.settled()
    assert "CANARY" not in "".join(entry.text for entry in office.case().entries)
    shown = [*office.thread(), *office.messages(people.open_dm("noa").id)]
    assert not [one for one in shown if "CANARY" in said(one)]


def test_an_aside_that_is_edited_or_taken_back_stays_out_as_long_as_it_is_locked(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    aside = people.post("sam", "acme", "🔒 They pay laet. CANARY", thread_ts=told.ts)
    office.settled()
    people.edit("sam", "acme", aside.ts, "🔒 They pay late. CANARY")
    people.delete("sam", "acme", aside.ts)
    people.post("sam", "acme", "We are on it.", thread_ts=told.ts)
    assert until(lambda: "We are on it." in [entry.text for entry in office.case().entries])
    office.settled()
    assert "CANARY" not in "".join(entry.text for entry in office.case().entries)
    assert not [one for one in office.thread() if "CANARY" in said(one)]


def test_a_lock_keeps_out_nothing_that_a_customer_says_and_no_note_of_the_desk(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    people.post("ana", "acme", "🔒 is what I see instead of the page.", thread_ts=told.ts)
    office.in_thread("is what I see instead of the page.")
    people.post("sam", "triage", "🔒 only for us", thread_ts=office.card().ts)
    assert until(lambda: [e for e in office.case().entries if "only for us" in e.text])
    entry = office.case().entries[-1]
    assert entry.visibility == "internal"


# commands in the last line


def test_a_command_in_the_last_line_of_an_answer_is_done_and_not_sent(office: Office) -> None:
    card = by_mail(office)
    office.slack.people.post(
        "sam", "triage", "!reply The tag is back.\nThank you!\n!close resolved", thread_ts=card.ts
    )
    assert until(lambda: office.case().line.state == "resolved")
    (mail,) = office.mails("ana@")
    assert "The tag is back.\nThank you!" in plain(mail)
    office.settled()
    assert not [mail for mail in (mail, *office.mails("ana@", count=0)) if "!close" in plain(mail)]


def test_a_command_may_stand_below_a_note_or_below_a_customers_words(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    people.post("sam", "triage", "It was the tag.\n@case take", thread_ts=office.card().ts)
    assert until(lambda: office.case().line.owner == "Sam Specialist")
    assert (last(office), office.case().entries[-1].visibility) == ("It was the tag.", "internal")
    people.post("ana", "acme", "It works again since ten.\n@Case close", thread_ts=told.ts)
    assert until(lambda: office.case().line.state == "closed")
    assert last(office) == "It works again since ten."


def test_a_line_that_only_looks_like_a_command_is_text(office: Office) -> None:
    card = by_mail(office)
    office.slack.people.post(
        "sam", "triage", "!reply All fixed.\n!important: clear the cache", thread_ts=card.ts
    )
    (mail,) = office.mails("ana@")
    assert "All fixed.\n!important: clear the cache" in plain(mail)


# where clicks are answered


def test_a_click_below_a_card_is_answered_below_it(office: Office) -> None:
    people = office.slack.people
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.")
    (confirmation,) = office.mails("ana@")
    office.answer(confirmation, "Eve <eve@evil.example>", "BUY watches")
    card, below = office.card(), office.in_thread("BUY")
    seen = people.click("sam", "case_spam", channel="triage", ts=below.ts, wait=3)
    assert seen.ephemerals[0].thread_ts == card.ts
    assert until(lambda: "Put away as spam by" in said(office.in_thread("BUY")))
    seen = office.click("sam", "case_take", wait=3)
    assert seen.ephemerals[0].thread_ts == "", "a click on the card itself is answered beside it"


def test_words_below_ours_that_are_about_no_case_are_answered_at_once(office: Office) -> None:
    people = office.slack.people
    opened(office, "ana", "acme")
    people.slash("ana", "acme", "/case concern CS-000001 nobody answers me", wait=3)
    private = people.open_dm("mia")
    (called,) = until(lambda: office.messages(private.id))
    office.settled()
    people.post("mia", private.id, "What is this?", thread_ts=called.ts)
    (answer,) = until(lambda: office.replies(called)[1:])
    assert "could not tell which case" in said(answer)
    office.settled()
    assert {(line.attempts, line.reason) for line in office.inbox()} == {(1, "")}, "it was put off"
