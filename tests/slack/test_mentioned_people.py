"""People who are added by a mention: whom Slack names, and not what their names or typed words say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.workspace.conversation import Message
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.setup import databases

ONE_EACH, WHOM = "One person on each line", "Whom? One mail address is needed"
TYPED = ("slack:T0ACME/U0FAY (Fay)", "slack:T0ACME/U0FAY", "slack:foo/bar (Li)", "slack:t0home/u0sam")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(databases.sqlite(tmp_path), tmp_path) as standing:
        fay = {"id": "U0FAY", "team": "T0ACME", "real_name": "fay@evil.example"}
        standing.slack.workspace.add_user("fay", **fay)
        yield standing


def begun(office: Office) -> Message:
    """The thread of a case of Eve's, in the channel of her account."""
    office.slack.people.post("eve", "acme", "@Case new Deal ID 12333: no delivery")
    (told,) = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])
    office.settled()
    message: Message = told
    return message


def addresses(office: Office) -> list[str]:
    """Of all who have a part in the case, wanted ones too."""
    return [part.address for part in office.case().participants]


def answered(office: Office, words: str) -> bool:
    """Was somebody answered so, where they alone see it or below what they wrote?"""
    with office.slack.workspace.lock:
        seen = [*office.slack.workspace.ephemerals]
        for channel in ("acme", "triage"):
            seen += office.slack.workspace.channel(channel).messages.values()
    return any(words in said(message) for message in seen)


@pytest.mark.parametrize("asked", ["!add @fay", "!add\n@fay", "It hits us.\n!add @fay"])
def test_a_name_that_is_a_mail_address_gets_nothing(office: Office, asked: str) -> None:
    people = office.slack.people
    begun(office)
    people.post("sam", "triage", asked, thread_ts=office.card().ts)
    assert until(lambda: office.messages(people.open_dm("fay").id))
    assert "t0acme/u0fay" in addresses(office)
    assert office.nothing("fay@")
    assert "fay@evil.example" not in addresses(office)


def test_a_mention_beside_a_mail_address_is_two_people(office: Office) -> None:
    begun(office)
    office.slack.people.post("sam", "triage", "!add @fay li@partner.example", thread_ts=office.card().ts)
    assert until(lambda: answered(office, ONE_EACH))
    assert addresses(office) == ["t0acme/u0eve"]


@pytest.mark.parametrize("typed", TYPED)
def test_an_address_in_slack_that_is_typed_by_hand_names_nobody(office: Office, typed: str) -> None:
    told = begun(office)
    office.slack.people.post("eve", "acme", f"!add {typed}", thread_ts=told.ts)
    assert until(lambda: answered(office, WHOM))
    office.settled()
    assert addresses(office) == ["t0acme/u0eve"]
    assert "participant" not in office.history()


def test_nor_beside_a_mention(office: Office) -> None:
    told = begun(office)
    office.slack.people.post("eve", "acme", "@fay\n!add slack:T0HOME/U0NOA (Fay)", thread_ts=told.ts)
    assert until(lambda: answered(office, WHOM))
    assert addresses(office) == ["t0acme/u0eve"]


def test_nor_behind_the_slash_command(office: Office) -> None:
    office.slack.people.post("ana", "acme", "@Case new Deal ID 12333: no delivery")
    office.card()
    seen = office.slack.people.slash("ana", "acme", "/case add CS-000001 slack:T0ACME/U0FAY (Fay)", wait=3)
    assert WHOM in seen.text
    assert addresses(office) == ["t0home/u0ana"]


@pytest.mark.parametrize("typed", TYPED)
def test_nor_in_a_mail_does_it_name_anybody(office: Office, typed: str) -> None:
    office.send("Ana <ana@acme.example>", "support@example.com", "No delivery", "Since noon.")
    (mail,) = office.mails("ana@")
    office.answer(mail, "ana@acme.example", f"#add {typed}")
    (mail,) = office.mails("ana@")
    assert WHOM in " ".join(words(mail).split())
    assert addresses(office) == ["ana@acme.example"]


def test_the_desk_reads_whose_address_is_asked_for(office: Office) -> None:
    told = begun(office)
    office.slack.people.post("eve", "acme", "!add @fay", thread_ts=told.ts)
    asked = said(office.in_thread("Eve Acme asks to add"))
    assert "Slack T0ACME/U0FAY" in asked
    assert office.nothing("fay@")


def test_an_answer_that_is_edited_in_time_adds_whom_it_mentions_now(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, undo="3s") as office:
        people = office.slack.people
        office.slack.workspace.add_user("fay", id="U0FAY", team="T0ACME", real_name="Fay")
        begun(office)
        sent = people.post("sam", "triage", "!reply It was the filtre.", thread_ts=office.card().ts)
        assert until(lambda: office.case().entries[-1].text == "It was the filtre.")
        people.edit("sam", "triage", sent.ts, "!reply It was the filter.\n!add @fay")
        assert until(lambda: "t0acme/u0fay" in addresses(office))
