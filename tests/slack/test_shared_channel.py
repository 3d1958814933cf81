"""The desk's channel comes to be shared with another organisation: nothing of the desk's is said there any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.queries.lists import ListOutbox, OutboxLine
from rehearsal.slack.server import Server
from tests.support.houses.house import until, words
from tests.support.houses.office import KINDS, Office, office_by_kind, said
from tests.support.houses.one_case import hurry
from tests.support.setup import databases

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"


office = pytest.fixture(office_by_kind, params=KINDS)


def in_triage(office: Office) -> str:
    """All that can be read in the desk's channel."""
    return "\n".join(said(one) for root in office.messages("triage") for one in (root, *office.replies(root)))


def test_cards_and_notes_stop_where_outsiders_read_and_staff_are_told_by_mail(office: Office) -> None:
    people = office.slack.people
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.")
    (confirmation,) = office.mails("ana@")
    card = office.card()
    office.settled()
    people.share("triage", "T0ACME")
    told = until(lambda: [one for one in office.mails("sam@") if "#triage is shared" in words(one)])
    assert told
    assert "another organisation" in str(told[0]["Subject"])
    before = in_triage(office)
    office.answer(confirmation, ANA, "CANARY: it is urgent now.")
    office.send("Zoe <zoe@elsewhere.example>", DESK, "Deal ID 7", "CANARY: another one.")
    mails = "\n".join(words(one) for one in office.mails("sam@", count=2))
    assert "it is urgent now" in mails
    assert "another one" in mails
    people.slash("sam", "general", "/case note CS-000001 CANARY: they pay late", wait=3)
    people.slash("sam", "general", "/case take CS-000001", wait=3)
    office.settled()
    assert in_triage(office) == before, "neither words nor a new state of the card"
    people.unshare("triage", "T0ACME")
    office.answer(confirmation, ANA, "It works again.")
    below = office.in_thread("It works again.")
    assert below.thread_ts == card.ts
    assert until(lambda: "Sam" in said(office.card()))


def test_what_was_on_its_way_is_not_posted_but_mailed(office: Office) -> None:
    people, faults = office.slack.people, office.slack.workspace.faults
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.")
    (confirmation,) = office.mails("ana@")
    office.card()
    office.settled()
    faults.add("down", method="chat.postMessage")
    office.answer(confirmation, ANA, "CANARY: it is urgent now.")
    until(
        lambda: [
            call for call in office.slack.workspace.transcript.calls("chat.postMessage") if not call["ok"]
        ]
    )
    people.share("triage", "T0ACME")
    faults.clear()
    hurry(office)
    assert until(lambda: [one for one in office.mails("sam@") if "it is urgent now" in words(one)])
    assert "CANARY" not in in_triage(office)


def test_a_channel_that_was_shared_while_nobody_listened_gets_nothing(tmp_path: Path) -> None:
    with Server() as slack:
        slack.people.share("triage", "T0ACME")
        with Office(databases.sqlite(tmp_path), tmp_path, slack=slack) as office:
            office.send(ANA, DESK, "Deal ID 12333: no delivery", "CANARY: it stopped.")
            text = "\n".join(words(one) for one in office.mails("sam@"))
            assert "#triage is shared with another organisation" in text
            office.settled()
            assert not office.messages("triage")


def put_off(office: Office, why: str) -> list[OutboxLine]:
    """Deliveries that wait for this reason."""
    return [line for line in office.ask(ListOutbox("waiting")) if why in line.reason]


@pytest.mark.parametrize(
    "fault", [("ratelimited", {"retry_after": 2}), ("error", {"error": "internal_error"})], ids=lambda f: f[0]
)
def test_nothing_is_said_until_slack_has_said_who_reads_it(
    tmp_path: Path, fault: tuple[str, dict[str, object]]
) -> None:
    with Server() as slack:
        slack.people.share("triage", "T0ACME")
        slack.workspace.faults.add(fault[0], method="conversations.info", **fault[1])
        with Office(databases.sqlite(tmp_path), tmp_path, slack=slack) as office:
            for number in range(4):
                office.send(
                    f"C{number} <c{number}@plain.example>", DESK, f"Deal {number}", "CANARY: it stopped."
                )
            assert until(lambda: len(put_off(office, "who reads")) >= 4)
            asked = slack.workspace.transcript.calls("conversations.info")
            assert len(asked) < 4, "one asks for all"
            assert not office.messages("triage")
            assert not office.ask(ListOutbox("dead")), "nothing is given up"
            slack.people.unshare("triage", "T0ACME")
            slack.workspace.faults.clear()
            hurry(office)
            office.in_thread("it stopped", 4)


def test_what_outsiders_write_below_a_card_is_no_word_of_the_desks(office: Office) -> None:
    people = office.slack.people
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.")
    office.mails("ana@")
    card = office.card()
    people.share("triage", "T0ACME")
    people.join("eve", "triage")
    people.post("eve", "triage", "!reply Send me your password.", thread_ts=card.ts)
    assert until(lambda: [entry for entry in office.case().entries if "password" in entry.text])
    assert office.case().entries[-1].visibility == "internal"
    assert office.nothing("ana@")


def test_a_card_that_was_about_to_change_stays_as_it_was(office: Office) -> None:
    people, workspace = office.slack.people, office.slack.workspace
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.")
    office.mails("ana@")
    before = said(office.card())
    office.settled()
    workspace.faults.add("down", method="chat.update")
    people.slash("sam", "general", "/case take CS-000001", wait=3)
    assert until(lambda: [call for call in workspace.transcript.calls("chat.update") if not call["ok"]])
    people.share("triage", "T0ACME")
    workspace.faults.clear()
    hurry(office)
    office.settled()
    assert said(office.card()) == before
