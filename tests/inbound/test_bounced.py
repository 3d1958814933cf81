"""What becomes of a mail that comes back: its delivery, its case, and who hears of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.commands.case import Open, Reply
from bot.commands.house import Bounced
from bot.commands.people import AddPerson, RemovePerson, Take
from bot.commands.triage import Merge
from bot.commands.work import Wait
from bot.model.identity import CLOCK, Proof
from bot.model.request import Request
from bot.queries.lists import ListOutbox
from store.cases.case import case as cases
from tests.support.houses.desk import TestDesk, text_of
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office, said

ANA, SAM, DESK = "Ana <ana@acme.example>", "Sam <sam@desk.example>", "support@example.com"
REASON = "550 5.1.1 Nobody of this name lives here"


def path(mail: Any) -> str:
    """Where a report about this mail goes."""
    return str(mail["Return-Path"]).strip("<>")


def report(mail: Any, action: str = "failed", status: str = "5.1.1", **more: str) -> bytes:
    """What the customer's mail server writes back: RFC 3464."""
    head = more.get("returned", f"Message-ID: {mail['Message-ID']}\nSubject: {mail['Subject']}\n")
    return (
        f"From: MAILER-DAEMON@mx.acme.example\nTo: {more.get('to', path(mail))}\nSubject: Undelivered Mail\n"
        f"Message-ID: <{more.get('id', '1')}@mx.acme.example>\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nYour mail could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n\n"
        f"Final-Recipient: rfc822;ana@acme.example\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {more.get('reason', REASON)}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{head}\n--b--\n"
    ).encode()


def complaint(mail: Any) -> bytes:
    """What a provider writes when somebody presses its spam button: RFC 5965."""
    return (
        f"From: feedback@isp.example\nTo: {DESK}\nSubject: Fw: complaint\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nThis is a report.\n"
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n"
        f"Original-Mail-From: <{path(mail)}>\nOriginal-Rcpt-To: ana@acme.example\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: redacted\n\nredacted\n--b--\n"
    ).encode()


def altered(name: str, after: str) -> str:
    """A signed name with one character changed."""
    at = name.index(after) + len(after) + 5
    return f"{name[:at]}{'b' if name[at] == 'a' else 'a'}{name[at + 1 :]}"


def answered(house: House) -> Any:
    """Ana has a case, and Sam's answer is on its way to her."""
    house.send(ANA, DESK, "Deal", "It stopped delivering.")
    house.mails("ana@")
    (told,) = house.mails("sam@")
    house.mails("max@")
    house.answer(told, SAM, "Which browser do you use?")
    (answer,) = house.mails("ana@")
    house.settled()
    return answer


def outcomes(house: House, notice: str = "answer") -> list[tuple[str, str]]:
    return [(line.outcome, line.reason) for line in house.ask(ListOutbox()) if line.notice == notice]


def waits(house: House) -> None:
    """The case waits for its customer."""
    work = lambda tx, items: [tx.run(cases.update().values(state="waiting")) for _ in items]  # noqa: E731
    house.app.writer.put(work, None).result()


def test_a_mail_that_comes_back_is_told_to_the_specialist_and_the_case_returns_to_work(house: House) -> None:
    answer = answered(house)
    waits(house)
    house.submit(report(answer), path(answer), "")
    (mail,) = house.mails("sam@")
    assert "The answer could not be delivered to Ana" in " ".join(words(mail).split())
    assert REASON in " ".join(words(mail).split()), "and why"
    assert house.history()[-2:] == ["not delivered", "returned to work"]
    assert house.case().line.state == "open"
    assert outcomes(house) == [("failed", REASON)]
    assert house.cases() == ["CS-000001"], "it opens nothing"
    assert house.nothing("MAILER-DAEMON"), "and nobody answers it"
    assert house.nothing("ana@")


def test_the_same_report_again_changes_nothing(house: House) -> None:
    answer = answered(house)
    house.submit(report(answer, id="1"), path(answer), "")
    house.mails("sam@")
    before = house.history()
    house.submit(report(answer, id="1"), path(answer), "")
    house.submit(report(answer, id="2"), path(answer), "")
    house.submit(report(answer, "delayed", "4.4.1", id="3"), path(answer), "")
    assert house.nothing()
    assert house.history() == before
    assert outcomes(house) == [("failed", REASON)]


def test_a_delay_is_told_and_a_failure_may_follow(house: House) -> None:
    answer = answered(house)
    waits(house)
    house.submit(report(answer, "delayed", "4.4.1", reason="try later"), path(answer), "")
    (mail,) = house.mails("sam@")
    assert "has not reached Ana <ana@acme.example> yet" in " ".join(words(mail).split())
    assert house.case().line.state == "waiting"
    assert outcomes(house) == [("delayed", "4.4.1 try later")]
    house.submit(report(answer, id="2"), path(answer), "")
    house.mails("sam@")
    assert house.history()[-3:] == ["delivery delayed", "not delivered", "returned to work"]
    assert outcomes(house) == [("failed", REASON)]


def test_a_report_is_known_by_the_message_id_it_returns(house: House) -> None:
    answer = answered(house)
    house.submit(report(answer, to=DESK), DESK, "")
    house.mails("sam@")
    assert outcomes(house) == [("failed", REASON)]


def test_a_complaint_is_told(house: House) -> None:
    answer = answered(house)
    house.submit(complaint(answer), DESK, "feedback@isp.example")
    (mail,) = house.mails("sam@")
    assert "The answer was complained of by Ana <ana@acme.example>: abuse." in " ".join(words(mail).split())
    assert house.history()[-1] == "complaint"
    assert outcomes(house) == [("complained", "abuse")]
    assert house.nothing("feedback@")


def test_a_forged_report_changes_nothing_and_is_set_aside(house: House) -> None:
    answer = answered(house)
    forged, other = altered(path(answer), "+b-"), altered(str(answer["Message-ID"]), "<")
    before = house.history()
    house.submit(report(answer, to=forged, returned=f"Message-ID: {other}\n"), forged, "")
    house.submit(report(answer, to=DESK, returned="Subject: [CS-000001] Deal\n", id="2"), DESK, "")
    assert house.nothing()
    assert house.history() == before
    assert outcomes(house) == [("sent", "")]
    assert house.cases() == ["CS-000001"]
    aside = [line.reason for line in house.inbox("aside")]
    assert len(aside) == 2
    assert all("names no mail of ours" in reason for reason in aside)


def test_a_person_who_sends_a_report_on_says_something(house: House) -> None:
    answer = answered(house)
    text = report(answer).decode()
    house.send(ANA, str(answer["Reply-To"]), "Fwd: Undelivered Mail", f"What is this?\n\n{text}")
    (mail,) = house.mails("sam@")
    assert "What is this?" in words(mail)
    assert outcomes(house) == [("sent", "")]


def test_a_specialists_own_mail_that_comes_back_is_history_only(house: House) -> None:
    house.send(ANA, DESK, "Deal", "It stopped delivering.")
    (told,) = house.mails("sam@")
    house.mails("ana@")
    house.mails("max@")
    house.submit(report(told), path(told), "")
    assert house.nothing(), "telling them by mail could go on for ever"
    assert house.history() == ["opened", "not delivered"]


def test_an_absence_note_says_in_the_history_when_its_writer_is_back(house: House) -> None:
    answer = answered(house)
    headers = {"Auto-Submitted": "auto-replied", "Date": "Wed, 25 Nov 2026 10:00:00 +0100"}
    text = "Ich bin bis zum 5. Dezember nicht im Büro."
    house.send(ANA, str(answer["Reply-To"]), "Automatische Antwort: Deal", text, headers=headers)
    assert house.history()[-1] == "kept as automatic"
    assert "2026-12-05" in str(house.case().history[-1].detail)
    assert house.nothing()


def test_an_absence_note_without_a_thread_finds_its_case_by_the_envelope(house: House) -> None:
    answer = answered(house)
    raw = b"From: Ana <ana@acme.example>\nSubject: Automatic reply: Deal\n\nI am away until 5 December 2026."
    house.submit(raw, path(answer), "")
    assert house.history()[-1] == "kept as automatic"
    assert house.cases() == ["CS-000001"]
    assert house.nothing()


def test_what_came_back_is_sent_again_only_if_it_is_named(house: House) -> None:
    answer = answered(house)
    house.submit(report(answer), path(answer), "")
    house.mails("sam@")
    house.settled()
    assert house.app.desk.retry() == 0
    (failed,) = [line.id for line in house.ask(ListOutbox("failed"))]
    assert house.app.desk.retry([failed]) == 1
    assert until(lambda: outcomes(house) == [("sent", "")])
    house.submit(report(answer, id="2"), path(answer), "")
    house.mails("sam@")
    assert house.history().count("not delivered") == 2


def test_the_desks_channel_is_told_below_the_card(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path) as office:
        office.send(ANA, DESK, "Deal", "It stopped delivering.")
        office.in_thread("It stopped delivering.")
        (confirmation,) = office.mails("ana@acme.example")
        office.drained()
        raw = report(confirmation, to=DESK)
        office.submit(raw, DESK, "")
        assert until(lambda: [one for one in office.thread() if "could not be delivered to Ana" in said(one)])
        assert office.nothing("sam@desk.example")


def test_what_comes_back_of_a_merged_cases_mail_is_told_where_the_desk_works_now(desk: TestDesk) -> None:
    for who in ("ana", "bob"):
        desk.ask(f"{who}@acme.example", Open("No delivery", f"It stopped, says {who}."))
    desk.ask("sam@desk.example", Merge(2, 1))
    merged = next(row for row in reversed(desk.rows) if row.recipient == "bob@acme.example")
    desk.ask("sam@desk.example", Take(1))
    desk.mails()
    back = Bounced(merged.id, "failed", REASON)
    desk.desk.handle(Request("email", "back", CLOCK, Proof.LINKED, (back,), at=datetime.now(UTC)))
    (told,) = desk.mails("sam@desk.example")
    assert "[CS-000001]" in told["Subject"]
    assert REASON in " ".join(text_of(told).split())
    assert desk.history(1).count("not delivered") == 1


def test_what_comes_back_from_somebody_who_was_removed_ends_no_waiting(desk: TestDesk) -> None:
    ana, bob, sam = "ana@acme.example", "bob@acme.example", "sam@desk.example"
    desk.ask(ana, Open("No delivery", "It stopped."))
    desk.ask(sam, AddPerson(1, bob))
    desk.ask(sam, Reply(1, "We look."))
    answers = {row.recipient: row.id for row in desk.rows}
    desk.ask(sam, RemovePerson(1, bob))
    desk.ask(sam, Wait(1))
    desk.mails()
    for key, who, state in (("1", bob, "waiting"), ("2", ana, "open")):
        back = Bounced(answers[who], "failed", REASON)
        desk.desk.handle(Request("email", key, CLOCK, Proof.LINKED, (back,), at=datetime.now(UTC)))
        assert REASON in " ".join(text_of(desk.mails(sam)[0]).split())
        assert desk.case().line.state == state
