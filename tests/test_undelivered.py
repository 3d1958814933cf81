"""What cannot be delivered is told another way: a refused mail at the desk, a closed channel by mail."""

from __future__ import annotations

import email
from email.policy import default
from pathlib import Path
from typing import Any

from rehearsal.mail.sink import Sink
from store.case import case
from tests.house import House, until, words
from tests.office import Office

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


def test_the_desk_hears_of_an_answer_that_a_customers_server_refuses(url: str, tmp_path: Path) -> None:
    with Sink() as sink, House(url, tmp_path, relay=sink.url) as house:
        house.send(ANA, "support@example.com", "Deal", "It stopped delivering.")
        told = taken(sink, "sam@desk.example", "It stopped delivering.")
        house.settled()
        sink.script.replies["RCPT"].append("550 5.1.1 Nobody of this name lives here")
        house.answer(told, SAM, "Please try again.")
        mail = taken(sink, "sam@desk.example", "could not be delivered to Ana")
        assert "The message “answer”" in words(mail)
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
        assert "“customer replied” could not be shown in Slack" in words(mail)
        assert "It hits our whole team." in words(mail), "nothing that she said is lost on the desk"
        office.answer(confirmation, ANA, "First: it began at noon.")
        office.answer(confirmation, ANA, "Then: it is over.")
        mails = office.mails("sam@desk.example", count=2)
        assert [first in words(one) for one, first in zip(mails, ("at noon", "is over"), strict=True)]
        office.answer(mail, SAM, "Please try again.")
        (answer,) = office.mails("ana@acme.example")
        assert "Please try again." in words(answer)
        assert first["Message-ID"] in answer["References"]
