"""What cannot be delivered is told another way: a refused mail at the desk, a closed channel by mail."""

from __future__ import annotations

import email
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

from bot.commands.case import Open, Reply
from bot.commands.people import AddPerson, RemovePerson
from bot.commands.work import Wait
from bot.desk.handlers.conversation import undelivered
from bot.monitors.outage import OutageMonitor
from bot.queries.lists import ListOutbox
from store.cases import timer
from store.cases.case import case
from store.engine.transaction import Transaction
from store.queues import outbox
from store.queues.outbox import DeliveryOutcome, Outgoing
from tests.support.houses.desk import TestDesk, text_of
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office
from tests.support.mail.sink import Sink
from tests.support.setup import databases

ANA, SAM = "Ana <ana@acme.example>", "Sam <sam@desk.example>"


def taken(sink: Sink, to: str, holding: str) -> Any:
    """A mail that the relay took for somebody, once it is there."""

    def found() -> list[Any]:
        mails = [
            email.message_from_bytes(one.raw, policy=default) for one in sink.taken if to in one.recipients
        ]
        return [mail for mail in mails if holding in words(mail)]

    assert until(found), f"no mail to {to} says {holding!r}"
    return found()[0]


def given_up(desk: TestDesk, row: Outgoing) -> None:
    """The courier gives a delivery up."""
    fate = DeliveryOutcome(row, "dead", "550 5.1.1 Nobody of this name lives here", desk.desk.now())

    def work(tx: Transaction, items: Sequence[DeliveryOutcome]) -> list[None]:
        outbox.settle(tx, items)
        timer.start(tx, 1, f"{undelivered.KIND}{row.id}", fate.at)
        return [None for _ in items]

    desk.app.writer.put(work, fate).result()


def test_the_desk_hears_of_an_answer_that_a_customers_server_refuses(url: str, tmp_path: Path) -> None:
    with Sink() as sink, House(url, tmp_path, relay=sink.url) as house:
        house.send(ANA, "support@example.com", "Deal", "It stopped delivering.")
        told = taken(sink, "sam@desk.example", "It stopped delivering.")
        house.settled()
        sink.script.replies["RCPT"].append("550 5.1.1 Nobody of this name lives here")
        house.answer(told, SAM, "Please try again.")
        mail = taken(sink, "sam@desk.example", "could not be delivered to Ana")
        assert "The answer could not be delivered to Ana" in words(mail)
        assert "Nobody of this name" in words(mail), "and why"
        assert house.history()[-3:] == ["answered", "taken", "not delivered"]
        assert len([one for one in sink.taken if "ana@acme.example" in one.recipients]) == 1


def test_a_case_that_waits_for_a_customer_who_is_refused_returns_to_work(url: str, tmp_path: Path) -> None:
    with Sink() as sink, House(url, tmp_path, relay=sink.url) as house:
        house.send(ANA, "support@example.com", "Deal", "It stopped delivering.")
        told = taken(sink, "sam@desk.example", "It stopped delivering.")
        house.settled()
        waits = lambda tx, items: [tx.run(case.update().values(state="waiting")) for _ in items]  # noqa: E731
        house.app.writer.put(waits, None).result()
        sink.script.replies["RCPT"].append("550 5.1.1 Nobody of this name lives here")
        house.answer(told, SAM, "Please try again.")
        taken(sink, "sam@desk.example", "could not be delivered to Ana")
        assert house.history()[-2:] == ["not delivered", "returned to work"]
        assert house.case().line.state == "open"


def test_when_the_desks_channel_refuses_us_the_desk_reads_on_by_mail(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path) as office:
        first = office.send(ANA, "support@example.com", "Deal", "It stopped delivering.")
        office.in_thread("It stopped delivering.")
        office.drained()
        assert office.nothing("sam@desk.example")
        with office.slack.workspace.lock:
            us = office.slack.workspace.app.bot_user
            office.slack.workspace.channel("triage").members.remove(us)
        (confirmation,) = office.mails("ana@acme.example")
        office.answer(confirmation, ANA, "It hits our whole team.")
        (mail,) = office.mails("sam@desk.example")
        assert mail["Subject"] == "[CS-000001] Deal"
        why = "Slack refused: the app is not in the channel (not_in_channel)"
        shown = f"This could not be shown in Slack ({why}), so it comes by mail.\n\n> Ana replied.\n> \n"
        assert f"{shown}> It hits our whole team.\n" in words(mail).replace("\r\n", "\n")
        office.answer(confirmation, ANA, "First: it began at noon.")
        office.answer(confirmation, ANA, "Then: it is over.")
        mails = office.mails("sam@desk.example", count=2)
        assert [first in words(one) for one, first in zip(mails, ("at noon", "is over"), strict=True)]
        office.answer(mail, SAM, "Please try again.")
        (answer,) = office.mails("ana@acme.example")
        assert "Please try again." in words(answer)
        assert first["Message-ID"] in answer["References"]


def test_what_never_reached_somebody_who_was_removed_ends_no_waiting(desk: TestDesk) -> None:
    ana, bob, sam = "ana@acme.example", "bob@acme.example", "sam@desk.example"
    desk.ask(ana, Open("No delivery", "It stopped."))
    desk.ask(sam, AddPerson(1, bob))
    desk.ask(sam, Reply(1, "We look."))
    answers = {row.recipient: row for row in desk.rows}
    desk.ask(sam, RemovePerson(1, bob))
    desk.ask(sam, Wait(1))
    desk.mails()
    for who, state in ((bob, "waiting"), (ana, "open")):
        given_up(desk, answers[who])
        desk.at(desk.desk.now())
        assert "Nobody of this name" in text_of(desk.mails(sam)[0])
        assert desk.case().line.state == state


def silent_slack(office: Office) -> None:
    """Slack answers, and refuses everything."""
    office.slack.workspace.faults.add("error", method="chat.postMessage", error="token_revoked")


def test_a_blocker_is_read_by_mail_at_once_while_slack_takes_nothing_and_shown_there_later(
    url: str, tmp_path: Path
) -> None:
    with Office(url, tmp_path, more='[lists]\ndefault_priority = "Blocker"\n') as office:
        silent_slack(office)
        office.send(ANA, "support@example.com", "All is down", "Nothing is delivered at all.")
        assert office.case().line.priority == "Blocker"
        office.pass_time(seconds=31)
        outage, mail = office.mails("sam@desk.example", count=2)
        assert "the app's token was revoked" in words(outage)
        assert "Slack takes nothing from us just now" in words(mail)
        assert "Nothing is delivered at all." in words(mail)
        assert "New case from Ana <ana@acme.example>." in words(mail), "without the marks that Slack reads"
        office.answer(mail, SAM, "We are on it.")
        answer = until(lambda: [m for m in office.mails("ana@acme.example") if "We are on it." in words(m)])
        assert answer, "who reads it by mail can answer by mail"
        office.slack.workspace.faults.clear()
        office.pass_time(minutes=6)
        office.in_thread("Nothing is delivered at all.")


def timers_after(office: Office, *, minutes: int, within: str = "10m") -> list[str]:
    """The case's timers of what waits, once a watch has looked so much later."""
    app = office.app
    desk = app.config.desk.model_copy(update={"shown_within": within})
    config = replace(app.config, desk=desk)
    later = datetime.now(UTC) + timedelta(minutes=minutes)
    OutageMonitor(replace(app.monitors, config=config, now=lambda: later)).look()
    with app.database.reading() as tx:
        return [kind for kind, _ in timer.waiting(tx, 1) if kind.startswith(undelivered.LATE)]


def test_what_waits_for_slack_is_read_by_mail_once_and_never_where_nobody_wants_that(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        silent_slack(office)
        office.send(ANA, "support@example.com", "Deal", "It stopped delivering.")
        assert until(lambda: office.ask(ListOutbox("waiting")))
        office.app.clock.leave()  # timers are not struck: we look at them
        assert timers_after(office, minutes=9) == []
        assert timers_after(office, minutes=11, within="") == []
        assert len(timers_after(office, minutes=11)) == 1
        assert len(timers_after(office, minutes=12)) == 1
        assert len(timers_after(office, minutes=24 * 60 + 12)) == 2, "and once more on each day that it waits"
