"""A delivery that fails alone holds back later ones for a minute. In an outage their order stays."""

from __future__ import annotations

import time

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, update

from bot.queries.lists import ListOutbox
from bot.workers import failing
from store.queues.outbox import outgoing
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK, one_case_drained

UNKNOWN = "vortex_unstable"
"""An error code that no documentation of Slack's has."""
UPLOAD = "files.getUploadURLExternal"
REPORT = {"report.csv": b"a,b\n1,2\n"}


office = pytest.fixture(one_case_drained)


def waiting(office: Office, why: str) -> bool:
    return bool(until(lambda: [row for row in office.ask(ListOutbox("waiting")) if why in row.reason]))


def follow_up(office: Office, text: str, **more: object) -> None:
    office.send(ANA, DESK, "Re: [CS-000001] Deal", text, **more)


def stands(office: Office, text: str) -> bool:
    return text in "".join(map(said, office.thread()))


def tries_again_until(office: Office, found: object) -> bool:
    """Have waiting deliveries tried again, one after another, until something is true."""
    for _ in range(60):
        if until(found, 1):  # type: ignore[arg-type]
            return True
        office.app.desk.retry()
    return False


def test_message_with_a_file_that_is_refused_alone_is_overtaken_after_a_minute(office: Office) -> None:
    office.slack.workspace.faults.add("error", method=UPLOAD, error=UNKNOWN)
    follow_up(office, "Here is the report.", files=REPORT)
    assert waiting(office, UNKNOWN)
    follow_up(office, "It is Tuesday.")
    assert waiting(office, "before it"), "for a minute the order stays"
    assert not stands(office, "It is Tuesday.")
    office.pass_time(minutes=1.5)
    office.app.desk.retry()
    assert until(lambda: stands(office, "It is Tuesday."))
    follow_up(office, "It is Wednesday.")
    assert until(lambda: stands(office, "It is Wednesday."))
    told = [mail for mail in office.mails("sam@") if UNKNOWN in mail.get_body(("plain",)).get_content()]
    assert len(told) == 1, "the owner is told of the one that is late"
    assert not office.ask(ListOutbox("dead"))
    office.slack.workspace.faults.clear()
    office.app.desk.retry()
    assert until(lambda: [file for message in office.thread() for file in message.files])
    assert len([m for m in office.thread() if "Here is the report." in said(m)]) == 1


def test_reply_that_fails_alone_is_overtaken_and_its_author_is_told_in_triage(office: Office) -> None:
    people = office.slack.people
    people.post("noa", "general", "@Case new Deal ID 12345: no delivery")
    card = office.card(2)
    office.drained()
    office.slack.workspace.faults.add("error", method=UPLOAD, error=UNKNOWN)
    file = people.upload("sam", "fix.zip", b"bytes" * 100)
    people.post("sam", "triage", "!reply Try this build.", thread_ts=card.ts, files=[file])
    assert waiting(office, UNKNOWN)
    people.post("sam", "triage", "!reply Or wait until Monday.", thread_ts=card.ts)
    office.pass_time(minutes=2)

    def arrived() -> list[str]:
        with office.slack.workspace.lock:
            channels = [each for each in office.slack.workspace.channels.values() if each.id.startswith("D")]
            return [said(m) for each in channels for m in each.messages.values() if "Or wait" in said(m)]

    assert tries_again_until(office, arrived)
    told = said(office.in_thread("could not be delivered to Noa Nomail so far", 2))
    assert UNKNOWN in told or "(tried again)" in told, "it may be on its way at this moment"
    assert waiting(office, UNKNOWN), "the list of deliveries shows the reason"


def test_unknown_refusal_is_final_after_five_tries_while_others_are_delivered(office: Office) -> None:
    office.slack.workspace.faults.add("error", method=UPLOAD, error=UNKNOWN)
    follow_up(office, "Here is the report.", files=REPORT)
    assert waiting(office, UNKNOWN)
    for number in range(3):
        assert not office.ask(ListOutbox("dead")), f"after {number + 1} tries"
        office.send("Bea <bea@acme.example>", DESK, f"Question {number}", f"Why {number}?")
        office.in_thread(f"Why {number}?", number + 2)
        tries = len(office.slack.workspace.transcript.calls(UPLOAD))
        office.app.desk.retry()
        assert until(lambda tries=tries: len(office.slack.workspace.transcript.calls(UPLOAD)) > tries)
        assert waiting(office, UNKNOWN)
    office.send("Bea <bea@acme.example>", DESK, "Question 3", "Why 3?")
    office.in_thread("Why 3?", 5)
    office.app.desk.retry()
    (dead,) = until(lambda: office.ask(ListOutbox("dead")))
    assert UNKNOWN in dead.reason
    assert "report.csv" in dead.reason


def test_unknown_refusal_of_everything_is_an_outage_and_nothing_is_given_up(office: Office) -> None:
    faults, transcript = office.slack.workspace.faults, office.slack.workspace.transcript
    faults.add("error", error=UNKNOWN)
    told = ["It is Monday.", "It is Tuesday.", "It is Wednesday."]
    for text in told:
        follow_up(office, text)
        until(lambda text=text: office.case().entries[-1].text == text)
    assert waiting(office, UNKNOWN)
    for _ in range(8):
        before = len(transcript.entries("call"))
        office.pass_time(minutes=2)
        office.app.desk.retry()
        assert until(lambda before=before: len(transcript.entries("call")) > before)
        until(lambda: all(row.reason for row in office.ask(ListOutbox("waiting"))))
    assert not office.ask(ListOutbox("dead"))
    faults.clear()
    assert tries_again_until(office, lambda: stands(office, told[-1]))
    office.drained()
    assert [text for m in office.thread() for text in told if text in said(m)] == told


def test_order_stays_through_an_outage_of_minutes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    # tries come fifteen times as often here: the moment in which a later one may find that the outage is over, too
    monkeypatch.setattr(failing, "JUST_NOW", 0.1)
    office.slack.workspace.faults.add("down")
    told = ["It is Monday.", "It is Tuesday.", "It is Wednesday."]
    for text in told:
        follow_up(office, text)
        until(lambda text=text: office.case().entries[-1].text == text)
        office.pass_time(minutes=3)
        time.sleep(2)  # several attempts
    office.slack.workspace.faults.clear()
    assert tries_again_until(office, lambda: stands(office, told[-1]))
    office.drained()
    assert [text for m in office.thread() for text in told if text in said(m)] == told


def test_exception_in_one_delivery_concerns_that_delivery_only(office: Office) -> None:
    """Its frozen bytes are damaged, so the channel adapter raises each time."""
    before = REGISTRY.get_sample_value("casebot_exceptions_total", {"part": "delivery"}) or 0
    office.slack.workspace.faults.add("down")
    follow_up(office, "It is Monday.")
    assert waiting(office, "refused")
    with office.app.database.writing() as tx:
        ids = [
            row[0]
            for row in tx.rows(
                select(outgoing.c.id).where(outgoing.c.outcome == "waiting", outgoing.c.key == "")
            )
        ]
        tx.run(update(outgoing).where(outgoing.c.id == min(ids)).values(payload=b"{", body_id=None))
    office.slack.workspace.faults.clear()
    office.app.desk.retry()
    assert waiting(office, "JSONDecodeError")
    follow_up(office, "It is Tuesday.")
    office.send("Bea <bea@acme.example>", DESK, "Another", "Nothing works.")
    assert office.mails("bea@")
    office.in_thread("Nothing works.", 2)
    office.pass_time(minutes=2)
    assert tries_again_until(office, lambda: stands(office, "It is Tuesday."))
    assert (REGISTRY.get_sample_value("casebot_exceptions_total", {"part": "delivery"}) or 0) > before
    assert not office.ask(ListOutbox("dead"))
    office.pass_time(days=6)
    office.app.desk.retry()
    assert until(lambda: [row for row in office.ask(ListOutbox("dead")) if "JSONDecodeError" in row.reason])


@pytest.mark.parametrize("code", ["two_factor_setup_required", "accesslimited", "message_limit_exceeded"])
def test_code_about_the_whole_workspace_pauses_all_deliveries(office: Office, code: str) -> None:
    office.slack.workspace.faults.add("error", method="chat.postMessage", error=code)
    follow_up(office, "It is Monday.")
    assert waiting(office, code)
    assert code in office.app.channels["slack"].condition().fault
    assert not office.ask(ListOutbox("dead"))
    office.slack.workspace.faults.clear()
    assert until(lambda: stands(office, "It is Monday."), 40)


@pytest.mark.parametrize("code", ["metadata_too_large", "no_text", "restricted_action_thread_locked"])
def test_documented_permanent_code_gives_up_at_once(office: Office, code: str) -> None:
    office.slack.workspace.faults.add("error", method="chat.postMessage", error=code, times=1)
    follow_up(office, "It is Monday.")
    assert until(lambda: [row for row in office.ask(ListOutbox("dead")) if code in row.reason])
    follow_up(office, "It is Tuesday.")
    assert until(lambda: stands(office, "It is Tuesday."))
