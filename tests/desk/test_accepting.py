"""Accepting: what came from somebody unproven waits at the desk, until a specialist takes it or folds it away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.commands.case import Close, Keep, Open, Reopen, Reply
from bot.commands.triage import Accept, Merge, Spam, Split
from bot.commands.urgency import Concern
from bot.model.identity import Proof
from bot.model.message import Attachment, Said
from tests.support.houses.desk import TestDesk, done, refused, text_of
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office, said
from tests.support.setup import databases

ANA, SAM, DESK = "Ana <ana@acme.example>", "Sam <sam@desk.example>", "support@example.com"
HOME = "Ana <ana@home.example>"
ana, sam, eve, home, bob = (
    "ana@acme.example",
    "sam@desk.example",
    "eve@evil.example",
    "ana@home.example",
    "bob@acme.example",
)
OPEN = Open("No delivery", "The deal has not delivered for 24 hours.")


def kept(desk: TestDesk, who: str = home, text: str = "It is me, from home.", **more: Any) -> str:
    """Ana's case is open, and somebody unproven has written there: the entry's name."""
    if not desk.rows and not more.pop("again", False):
        desk.ask(ana, OPEN)
    desk.ask(who, Keep(1, text, "unverified"), proof=Proof.PLAUSIBLE, **more)
    desk.mails()
    return str(desk.case().entries[-1].name)


def test_what_is_accepted_is_the_senders_and_has_the_effect_of_a_reply(desk: TestDesk) -> None:
    digest, size = desk.app.files.put([b"log"])
    file = Attachment("app.log", "text/plain", size, digest)
    name = kept(desk, said=Said(message_id="<home@home.example>", attachments=(file,)))
    desk.ask(sam, Close(1, "no_longer", ""))
    desk.mails()
    done(desk.ask(sam, Accept(1, name)))
    view = desk.case()
    assert (view.entries[-1].kind, view.entries[-1].visibility) == ("said", "public")
    assert view.line.state == "open"
    assert {part.address: part.role for part in view.participants}[home] == "collaborator"
    (told,) = desk.mails(ana)
    assert "It is me, from home." in text_of(told)
    assert "app.log" in text_of(told)
    (added,) = desk.mails(home)
    assert "added you" in text_of(added)
    assert [step for step in desk.history() if step in ("accepted", "reopened", "participant added")] == [
        "accepted",
        "participant added",
        "reopened",
    ]
    done(desk.ask(home, Reply(1, "And I am heard now."), proof=Proof.PLAUSIBLE))
    assert "not unverified" in refused(desk.ask(sam, Accept(1, name)))


def test_spam_is_folded_away_and_tells_nobody(desk: TestDesk) -> None:
    name = kept(desk, eve, "BUY watches")
    done(desk.ask(sam, Spam(1)))
    entry = desk.case().entries[-1]
    assert (entry.kind, entry.visibility) == ("spam", "internal")
    assert desk.told() == []
    assert eve not in {part.address for part in desk.case().participants}
    assert desk.history()[-1] == "marked as spam"
    done(desk.ask(sam, Accept(1, name)))
    assert desk.case().entries[-1].kind == "said"


def test_of_several_the_one_is_named(desk: TestDesk) -> None:
    first = kept(desk)
    second = kept(desk, eve, "Me too.", again=True)
    answer = refused(desk.ask(sam, Accept(1)))
    assert first in answer
    assert second in answer
    done(desk.ask(sam, Spam(1, second)))
    done(desk.ask(sam, Accept(1)))
    assert [entry.kind for entry in desk.case().entries] == ["said", "said", "spam"]


def test_customers_cannot_judge(desk: TestDesk) -> None:
    name = kept(desk)
    assert "support team" in refused(desk.ask(ana, Accept(1, name)))
    assert "support team" in refused(desk.ask(ana, Spam(1, name)))


def test_a_specialists_own_misdirected_words_are_nothing_to_accept(desk: TestDesk) -> None:
    name = kept(desk, "max@desk.example", "canary")
    assert "support team" in refused(desk.ask(sam, Accept(1, name)))


def test_a_held_case_is_released_and_its_sender_told(desk: TestDesk) -> None:
    desk.ask(eve, OPEN, proof=Proof.UNPROVEN, said=Said(message_id="<first@evil.example>"))
    assert desk.mails(eve) == []
    done(desk.ask(sam, Accept(1)))
    view = desk.case()
    assert (view.line.held, view.line.state) == (False, "new")
    (confirmation,) = desk.mails(eve)
    assert "[CS-000001]" in confirmation["Subject"]
    from store.cases import case as cases
    from store.cases import entry as entries

    with desk.app.database.reading() as tx:
        assert entries.follow(tx, ["<first@evil.example>"]) == {"first@evil.example": 1}
        found = cases.get(tx, 1)
        assert found
        assert found.first_due_at
    assert "Nothing on" in refused(desk.ask(sam, Accept(1)))


def test_a_held_case_that_is_spam_is_closed_without_a_word_and_can_come_back(desk: TestDesk) -> None:
    desk.ask(eve, OPEN, proof=Proof.UNPROVEN)
    desk.mails()
    done(desk.ask(sam, Spam(1)))
    assert (desk.case().line.state, desk.case().close_reason) == ("closed", "spam")
    assert desk.told() == []
    assert "closed already" in refused(desk.ask(sam, Spam(1)))
    done(desk.ask(sam, Accept(1)))
    assert (desk.case().line.state, desk.case().line.held) == ("open", False)
    assert len(desk.mails(eve)) == 1
    done(desk.ask(sam, Spam(1)))
    done(desk.ask(sam, Accept(1, requester=ana)))
    assert (desk.case().line.state, desk.case().line.held) == ("open", False)


def test_what_a_stranger_wrote_can_become_a_held_case_of_its_own(desk: TestDesk) -> None:
    name = kept(desk, eve, "I have a question of my own.")
    done(desk.ask(sam, Split(1, name)))
    assert desk.case(2).line.held
    assert desk.mails(eve) == []
    done(desk.ask(sam, Accept(2)))
    assert len(desk.mails(eve)) == 1


def test_a_blocked_sender_opens_no_case_and_other_senders_do(house: House) -> None:
    house.send(eve, DESK, "BUY", "Buy now!")
    (told,) = house.mails("sam@")
    house.answer(told, SAM, "#spam")
    assert house.history()[-1] == "closed"
    for sender in (eve, "Eve <Eve@Evil.example>", "Adam <adam@evil.example>", ANA):
        house.send(sender, DESK, "Hello", "It stopped.")
    assert house.cases() == ["CS-000001", "CS-000002", "CS-000003"]
    assert {house.case(number).line.requester for number in (2, 3)} == {"Adam", "Ana"}
    aside = house.inbox("aside")
    assert [line.reason for line in aside] == [f"{eve} is blocked: spam on CS-000001"] * 2


def test_by_mail_the_notice_says_how_and_its_answer_does_it(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "It stopped.")
    (confirmation,) = house.mails("ana@")
    house.mails("sam@")
    house.answer(confirmation, HOME, "It is me, from home.\n#close")
    (told,) = house.mails("sam@")
    name = house.case().entries[-1].name
    assert f"#accept {name}" in " ".join(words(told).split())
    house.answer(told, SAM, f"#accept {name}")
    (transcript,) = house.mails("sam@")
    assert "✓ " in words(transcript)
    assert house.case().line.state == "new"
    house.mails("ana@home")
    house.send(HOME, DESK, "Re: [CS-000001] hello", "Now I take part.")
    house.settled()
    assert house.case().entries[-1].text == "Now I take part."


def test_in_slack_two_buttons_stand_below_such_words(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path, "c.db"), tmp_path) as office:
        office.send(ANA, DESK, "No delivery", "It stopped.")
        (confirmation,) = office.mails("ana@")
        office.answer(confirmation, HOME, "It is me, from home.")
        office.answer(confirmation, "Eve <eve@evil.example>", "BUY watches")
        people = office.slack.people
        for text, action, answer in (
            ("from home", "case_accept", "✅ What Ana wrote is on CS-000001 now"),
            ("BUY", "case_spam", "✅ "),
        ):
            message = office.in_thread(text)
            seen = people.click("sam", channel="triage", ts=message.ts, action_id=action, wait=5)
            assert answer in seen.text
        assert until(lambda: [entry.kind for entry in office.case().entries] == ["said", "said", "spam"])
        assert "accepted what" in said(office.in_thread("accepted what"))
        for text, decided in (("from home", "Accepted by <@U0SAM>"), ("BUY", "Put away as spam by <@U0SAM>")):
            assert until(lambda text=text, decided=decided: decided in said(office.in_thread(text)))
            assert "actions" not in [block["type"] for block in office.in_thread(text).blocks]
            assert "Accept sender" not in said(office.in_thread(text))
        assert office.case().history[-1].by == "Sam Specialist"


def test_in_slack_a_held_case_is_released_by_a_button(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path, "c.db"), tmp_path, trusted_networks=["10.9.9.9/32"]) as office:
        office.send("Eve <eve@evil.example>", DESK, "Hello", "Is anybody there?")
        message = office.in_thread("Is anybody there?")
        assert office.case().line.held
        office.slack.people.click("sam", channel="triage", ts=message.ts, action_id="case_accept")
        office.mails("eve@")
        assert not office.case().line.held


def test_in_slack_a_held_cases_card_has_the_buttons_until_it_is_released(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path, "c.db"), tmp_path, trusted_networks=["10.9.9.9/32"]) as office:
        office.send("Eve <eve@evil.example>", DESK, "Hello", "Is anybody there?")
        office.click("sam", "case_spam")
        assert until(lambda: "Status: *Closed*" in said(office.card()))
        office.click("sam", "case_accept")
        assert until(lambda: "Held:" not in said(office.card()))
        assert "Reply to customer" in said(office.card())
        assert not office.case().line.held


def test_a_closed_case_of_spam_is_never_reopened_by_a_customers_word_alone(desk: TestDesk) -> None:
    desk.ask(eve, OPEN, proof=Proof.UNPROVEN)
    desk.ask(sam, Spam(1))
    assert refused(desk.ask(eve, Reopen(1), proof=Proof.UNPROVEN))


def test_nobody_is_told_that_a_concern_waits_on_what_is_spam_until_that_is_undone_story(
    desk: TestDesk,
) -> None:
    now = datetime(2026, 12, 1, 9, tzinfo=UTC)
    desk.at(now)
    desk.ask(ana, OPEN)
    desk.ask(ana, Concern(1, text="Nobody answers."))
    done(desk.ask(sam, Spam(1)))
    desk.mails()
    desk.at(now + timedelta(hours=3))
    assert desk.mails() == []
    done(desk.ask(sam, Accept(1)))
    desk.mails()
    desk.at(now + timedelta(hours=4))
    assert any("Concern waits" in mail["Subject"] for mail in desk.mails("max@desk.example"))


def test_what_goes_along_are_the_files_that_were_accepted_not_those_of_who_accepts(desk: TestDesk) -> None:
    def file(name: str) -> Attachment:
        digest, size = desk.app.files.put([name.encode()])
        return Attachment(name, "text/plain", size, digest)

    name = kept(desk, said=Said(message_id="<home@home.example>", attachments=(file("app.log"),)))
    mine = Said(message_id="<sam@desk.example>", attachments=(file("internal.txt"),))
    done(desk.ask(sam, Accept(1, name), said=mine))
    (told,) = desk.mails(ana)
    assert [part.get_filename() for part in told.walk() if part.get_filename()] == ["app.log"]


def test_who_is_accepted_again_is_told_their_own_words_and_none_of_a_merged_case(desk: TestDesk) -> None:
    desk.ask(bob, Open("Mine", "canary of Bob's"))
    desk.ask(home, OPEN)
    done(desk.ask(sam, Merge(1, 2)))
    done(desk.ask(sam, Spam(2)))
    desk.mails()
    done(desk.ask(sam, Accept(2)))
    (confirmation,) = desk.mails(home)
    assert OPEN.text in text_of(confirmation)
    assert "canary" not in confirmation.as_string()


def test_spam_on_a_held_case_is_the_case_unless_words_on_it_are_named(desk: TestDesk) -> None:
    desk.ask(eve, OPEN, proof=Proof.UNPROVEN)
    desk.ask(bob, Keep(1, "Buy watches.", "unverified"), proof=Proof.PLAUSIBLE)
    name = desk.case().entries[-1].name
    assert "Folded away" in done(desk.ask(sam, Spam(1, name)))
    assert desk.case().line.state != "closed"
    desk.ask(bob, Keep(1, "Buy more.", "unverified"), proof=Proof.PLAUSIBLE)
    assert "closed as spam" in done(desk.ask(sam, Spam(1)))
    assert desk.case().entries[-1].kind == "unverified"


def test_whose_accepted_words_reopen_a_case_waits_for_an_answer_from_then_on(desk: TestDesk) -> None:
    name = kept(desk)
    desk.ask(sam, Reply(1, "It is the tag."))
    desk.ask(sam, Close(1, "resolved", ""))
    desk.mails()
    assert desk.case().answer_due is None
    done(desk.ask(sam, Accept(1, name)))
    assert desk.case().line.state == "open"
    assert desk.case().answer_due is not None
