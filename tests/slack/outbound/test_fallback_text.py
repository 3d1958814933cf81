"""What phones show and screen readers read of our messages, and how the rest of a long one is reached."""

from __future__ import annotations

import re
from typing import Any

import pytest

from channels.slack.text.fallback_text import LONGEST, aloud
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK
from tests.support.houses.slack_house import open_form, words_of

SUBJECT = "Deal ID 12333: " + "no delivery in any of our campaigns since the last update " * 3


def test_a_notification_begins_with_who_said_what(office: Office) -> None:
    office.send(ANA, DESK, SUBJECT, "See my_log_file_v2.txt: user_disabled & 5 < 6, says *nobody*.")
    told = office.in_thread("my_log_file_v2.txt").text
    assert told.startswith("Ana: ")
    assert "See my_log_file_v2.txt: user_disabled &amp; 5 &lt; 6" in told
    assert told.index("my_log_file_v2") < told.index("CS-000001")
    assert "The mail as it came" not in told or "http" not in told, "links are read by what they are called"
    card = office.card().text
    assert card.index("Ana") < card.index("Deal ID 12333") < card.index("CS-000001")


def test_a_notification_has_all_words_of_a_message_that_is_not_long(office: Office) -> None:
    lines = [f"Line {number} of what happened: it stopped & went on." for number in range(40)]
    office.send(ANA, DESK, "Deal", "\n".join(lines))
    told = office.in_thread("Line 39").text
    assert [line for line in lines if line.replace("&", "&amp;") not in told] == []


@pytest.mark.parametrize("word", ["&amp;", "<!date^1795802154^{date_short_pretty} {time}|27 Nov>", "long "])
def test_a_notification_that_is_too_long_is_cut_between_words(word: str) -> None:
    for before in range(12):
        told = aloud(["x" * before + " " + word * 2000])
        assert LONGEST - 100 < len(told) <= LONGEST
        whole = told.removesuffix(" …").strip()
        assert re.fullmatch(rf"x* ?(?:{re.escape(word)})*(?:{re.escape(word.strip())})?", whole), whole[-40:]


def long_mail() -> list[str]:
    return [f"{number:04} the log says: request {number} timed out after 30 seconds" for number in range(600)]


def buttons(message: Any) -> list[str]:
    return [
        one["action_id"]
        for block in message.blocks
        for one in block.get("elements", ())
        if "action_id" in one
    ]


def test_a_click_below_a_talks_first_words_is_answered_below_them(office: Office) -> None:
    people = office.slack.people
    seen = open_form(people, "ana", "general", "/case new", subject="Deal", text="It stopped.")
    people.submit("ana", seen.modal.id)
    home = people.open_dm("ana").id
    (first, *_) = until(lambda: office.messages(home))
    office.settled()
    people.post("sam", "triage", "!reply " + "\n".join(long_mail()), thread_ts=office.card().ts)
    told = until(lambda: [m for m in office.replies(first) if "case_show" in buttons(m)])[-1]
    shown = people.click("ana", "case_show", channel=home, ts=told.ts, wait=5)
    assert shown.ephemerals[0].thread_ts == first.ts


def test_a_mail_that_is_too_long_for_slack_keeps_its_link_and_can_be_read_on(office: Office) -> None:
    lines = long_mail()
    office.send(ANA, DESK, "Deal", "\n".join(lines))
    told = office.card()
    assert lines[-1] not in said(told)
    people = office.slack.people
    assert people.click("sam", "case_read", channel="triage", ts=told.ts, wait=5).acked
    shown = until(
        lambda: (view := people.modal("sam")) and lines[0] in str(view.body) and words_of(view.body["blocks"])
    )
    found = [line for line in lines if line in shown]
    while "Next →" in shown:
        assert "The mail as it came" in shown
        assert people.click("sam", "case_read_on", view="modal", wait=5).acked
        before = shown
        shown = until(
            lambda before=before: (now := words_of(people.modal("sam").body["blocks"])) != before and now
        )
        found += [line for line in lines if line in shown]
    assert found == lines


def test_an_internal_note_that_is_too_long_leads_to_all_of_it_for_the_desk_alone(office: Office) -> None:
    office.send(ANA, DESK, "Deal", "It stopped.")
    office.in_thread("It stopped.")
    office.slack.people.slash("sam", "triage", "/case note CS-000001 " + "\n".join(long_mail()), wait=5)
    told = office.in_thread("0000 the log says")
    assert "too long for Slack" in said(told)
    assert "case_show" not in buttons(told)
    people = office.slack.people
    assert people.click("sam", "case_read", channel="triage", ts=told.ts, wait=5).acked
    assert until(lambda: (view := people.modal("sam")) and "internal" in words_of(view.body["blocks"]))


def test_a_customer_reads_in_their_language_that_an_answer_is_too_long(office: Office) -> None:
    people = office.slack.people
    people.post(
        "ana", "acme", "@Case new Die Anzeigen laufen seit gestern nicht mehr. Können Sie bitte helfen?"
    )
    office.card()
    office.settled()
    (home,) = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])
    people.slash("sam", "triage", "/case reply CS-000001 " + "Ein sehr langer Bericht. " * 700, wait=5)
    told = until(lambda: [m for m in office.replies(home) if "Ein sehr langer" in said(m)])[0]
    assert "zu lang für Slack" in said(told)
    assert "Alles anzeigen" in words_of(told.blocks)
    assert "too long" not in said(told)
