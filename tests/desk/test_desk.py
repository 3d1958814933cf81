"""The desk: what people ask becomes what happens, and what must be said about it."""

from __future__ import annotations

import pytest

from bot.commands.browse import Help, My, Show
from bot.commands.case import Close, Keep, Note, Open, Reopen, Reply
from bot.commands.people import AddPerson, Assign, RemovePerson, Take
from bot.commands.urgency import Concern
from bot.commands.work import SetField, Wait
from bot.model.identity import Proof
from bot.model.message import Attachment, Said
from bot.model.request import Command
from bot.queries.lists import ListCases
from tests.support.houses.desk import TestDesk, done, refused, text_of

ANA, SAM, MAX = "ana@acme.example", "sam@desk.example", "max@desk.example"
OPEN = Open("No delivery", "The deal has not delivered for 24 hours.")


def test_a_case_is_opened_and_everybody_hears_of_it(desk: TestDesk) -> None:
    outcome = desk.ask(ANA, OPEN, proof=Proof.PLAUSIBLE)
    assert outcome.case == 1
    view = desk.case()
    assert (view.line.number, view.line.state, view.line.priority) == ("CS-000001", "new", "Medium")
    assert desk.history() == ["opened"]
    (confirmation,) = desk.mails(ANA)
    assert "CS-000001" in confirmation["Subject"]
    assert "<support+" in confirmation["Reply-To"]
    assert sorted(mail["To"] for mail in desk.mails()) == [
        "Max Manager <max@desk.example>",
        "Sam Specialist <sam@desk.example>",
    ]


def test_the_same_key_has_one_effect(desk: TestDesk) -> None:
    first = desk.ask(ANA, OPEN, key="once")
    again = desk.ask(ANA, OPEN, key="once")
    assert (again.case, again.repeated, again.answered) == (first.case, True, first.answered)
    assert len(desk.desk.ask(ListCases())) == 1
    assert len(desk.mails(ANA)) == 1


def test_numbers_ascend_without_gaps(desk: TestDesk) -> None:
    assert [desk.ask(ANA, OPEN).case for _ in range(3)] == [1, 2, 3]


def test_a_stranger_without_proof_gets_a_held_case_and_no_answer(desk: TestDesk) -> None:
    desk.ask("eve@elsewhere.example", OPEN, proof=Proof.UNPROVEN)
    assert desk.case().line.held
    assert desk.mails("eve@elsewhere.example") == []
    assert len(desk.desk.ask(ListCases(held=True))) == 1


def test_a_known_contact_without_proof_gets_a_bare_acknowledgement(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.mails()
    desk.ask(ANA, Open("Cheap watches", "Buy cheap watches"), proof=Proof.UNPROVEN)
    (mail,) = desk.mails(ANA)
    assert "CS-000002" in text_of(mail)
    assert "watches" not in mail.as_string()


def test_somebody_who_merely_wrote_before_is_no_contact(desk: TestDesk) -> None:
    desk.ask("zoe@elsewhere.example", OPEN)
    desk.mails()
    desk.ask("zoe@elsewhere.example", OPEN, proof=Proof.UNPROVEN)
    assert desk.mails("zoe@elsewhere.example") == []


def test_an_automatic_mail_opens_a_case_without_an_answer(desk: TestDesk) -> None:
    desk.ask(ANA, Open("Disk full", "srv1", automatic=True), may_answer=False)
    assert desk.mails(ANA) == []
    assert desk.history() == ["opened"]


def test_a_specialists_answer_reaches_the_customer_in_her_thread(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN, said=Said(message_id="<first@acme.example>"))
    (confirmation,) = desk.mails(ANA)
    desk.mails()
    desk.ask(SAM, Reply(1, "We are on it."))
    (answer,) = desk.mails(ANA)
    assert "We are on it." in text_of(answer)
    assert answer["In-Reply-To"] == confirmation["Message-ID"]
    assert answer["References"].split() == ["<first@acme.example>", confirmation["Message-ID"]]
    assert "Auto-Submitted" not in answer
    assert "Sam" in answer["From"]
    assert desk.case().line.state == "open"
    assert desk.case().line.owner == "Sam Specialist"


def test_a_note_reaches_no_customer(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.mails()
    desk.ask(SAM, Note(1, "canary-internal"))
    told = desk.mails()
    assert [mail["To"] for mail in told] == ["Max Manager <max@desk.example>"]
    assert [entry.visibility for entry in desk.case().entries] == ["public", "internal"]
    desk.ask(ANA, Show(1), explicit=True)
    (transcript,) = desk.mails(ANA)
    assert "canary-internal" not in transcript.as_string()


def test_a_customers_reply_reaches_the_owner_only(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.ask(SAM, Take(1))
    desk.mails()
    desk.ask(ANA, Reply(1, "Any news?"), proof=Proof.PLAUSIBLE)
    assert desk.told() == ["Sam Specialist <sam@desk.example>"]


def test_files_are_kept_with_the_entry(desk: TestDesk) -> None:
    digest, size = desk.app.files.put([b"data"])
    log = Attachment("app.log", "text/plain", size, digest)
    desk.ask(ANA, OPEN, said=Said(attachments=(log,), message_id="<x@y>"))
    (file,) = desk.case().entries[0].files
    assert (file.name, file.size, file.sha256) == ("app.log", 4, digest)
    told = [mail for mail in desk.mails() if "sam" in str(mail["To"])]
    assert [part.get_content() for mail in told for part in mail.iter_attachments()] == ["data"]


@pytest.mark.parametrize("command", [Close(1), Reopen(1), Concern(1), AddPerson(1, "a@b.c"), Show(1)])
def test_a_command_needs_a_token_and_says_so(desk: TestDesk, command: Close) -> None:
    desk.ask(ANA, OPEN)
    (line,) = desk.ask(ANA, command, proof=Proof.PLAUSIBLE).answered
    assert line.outcome == "refused"
    assert "reply to our latest mail" in line.text


def test_a_token_of_one_case_opens_no_other(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.ask(ANA, OPEN)
    (line,) = desk.ask(ANA, Close(2), proven_on=1).answered
    assert line.outcome == "refused"
    assert desk.case(2).line.state == "new"


def test_foreign_and_unknown_cases_look_alike(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    for command in (Reply, Note):
        (foreign,) = desk.ask("eve@evil.example", command(1, "x")).answered
        (unknown,) = desk.ask("eve@evil.example", command(77, "x")).answered
        assert foreign.outcome == unknown.outcome == "refused"
        assert foreign.text.replace("CS-000001", "") == unknown.text.replace("CS-000077", "")


def test_the_customer_closes_and_reopens_her_case(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.mails()
    (line,) = desk.ask(ANA, Close(1, None, "thanks, solved")).answered
    assert line.text == "CS-000001 is closed: No longer an issue."
    assert desk.case().line.state == "closed"
    assert desk.told() == ["Max Manager <max@desk.example>", "Sam Specialist <sam@desk.example>"]
    desk.ask(ANA, Reopen(1, "It is back."))
    assert desk.case().line.state == "open"
    assert desk.history() == ["opened", "closed", "reopened"]


def test_a_word_with_a_second_close_opens_nothing_but_is_told(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.ask(ANA, Close(1))
    desk.mails()
    (line,) = desk.ask(ANA, Close(1, None, "And thanks to Sam.")).answered
    assert line.text == "CS-000001 was closed already."
    assert desk.case().line.state == "closed"
    assert desk.case().entries[-1].text == "And thanks to Sam."
    (told,) = desk.mails(SAM)
    assert "And thanks to Sam." in text_of(told)
    assert desk.mails(ANA) == []


def test_a_specialist_resolves_and_the_customers_reply_reopens(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.mails()
    desk.ask(SAM, Close(1, "resolved", "Fixed in 2.1."))
    assert desk.case().line.state == "resolved"
    (mail,) = desk.mails(ANA)
    assert "Fixed in 2.1." in text_of(mail)
    desk.ask(ANA, Reply(1, "It is not."), proof=Proof.PLAUSIBLE)
    assert desk.case().line.state == "open"
    assert desk.history()[-2:] == ["replied", "reopened"]


def test_a_concern_reaches_the_owners_manager(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.ask(SAM, Take(1))
    desk.mails()
    desk.ask(ANA, Concern(1, "+33123456789", "lack_of_reply", "Nobody answered."))
    (digest,) = desk.mails(MAX)
    assert "+33123456789" in text_of(digest)
    assert "Nobody answered." in text_of(digest)
    (received,) = desk.mails(ANA)
    assert "Max Manager" in text_of(received)
    assert desk.mails() == []
    assert desk.history()[-1] == "concern raised"


def test_a_concern_is_answered_by_one_mail_and_says_nothing_twice(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.mails()
    desk.ask(ANA, Concern(1, "", "", "Nobody answered."), explicit=True)
    assert len(desk.mails(ANA)) == 1
    (digest,) = desk.mails(MAX)
    assert text_of(digest).count("Nobody answered.") == 1


def test_what_was_not_done_is_told_on_its_case(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.mails()
    desk.ask(ANA, Take(1), explicit=True)
    (mail,) = desk.mails(ANA)
    assert "CS-000001" in mail["Subject"]
    assert "Only the support team" in text_of(mail)
    desk.ask("eve@evil.example", Close(1), explicit=True)
    (mail,) = desk.mails("eve@evil.example")
    assert "CS-000001" not in mail["Subject"]


@pytest.mark.parametrize(
    ("who", "command", "why"),
    [
        (ANA, Reopen(1), "CS-000001 is open already."),
        (
            SAM,
            AddPerson(1, "support@example.com"),
            "support@example.com is our own address: whatever you write",
        ),
        (
            ANA,
            RemovePerson(1, "bob@acme.example"),
            "bob@acme.example is no collaborator of CS-000001, so nothing",
        ),
        (ANA, RemovePerson(1, ANA), "Ana is no collaborator of CS-000001, so nothing was changed."),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    desk: TestDesk, who: str, command: Command, why: str
) -> None:
    desk.ask(ANA, OPEN)
    before = desk.case()
    assert why in refused(desk.ask(who, command))
    assert desk.case() == before


def test_a_case_that_is_over_or_held_waits_for_nobody(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.ask(SAM, Close(1, "resolved"))
    assert "CS-000001 is resolved. Reopen it first." in refused(desk.ask(SAM, Wait(1)))
    desk.ask("eve@elsewhere.example", OPEN, proof=Proof.UNPROVEN)
    assert "CS-000002 is held: nobody has proven who wrote it. Accept the sender first." in refused(
        desk.ask(SAM, Wait(2))
    )
    assert [desk.case(number).line.state for number in (1, 2)] == ["resolved", "new"]


def test_a_case_is_given_to_whoever_has_it_without_a_word_to_anybody(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.mails()
    assert done(desk.ask(SAM, SetField(1, "requester", ANA))) == "CS-000001 is Ana's already."
    assert desk.mails() == []
    assert desk.history() == ["opened"]


def test_a_colleague_is_added_and_a_stranger_is_not(desk: TestDesk) -> None:
    desk.ask("bob@acme.example", OPEN)
    desk.ask(ANA, OPEN)
    desk.mails()
    assert "was added" in done(desk.ask(ANA, AddPerson(2, "bob@acme.example")))
    assert desk.told() == ["Bob <bob@acme.example>"]
    decides = "The support team decides whether eve@evil.example"
    assert decides in done(desk.ask(ANA, AddPerson(2, "eve@evil.example")))
    assert [to for to in desk.told() if "desk.example" not in to] == []
    desk.ask(SAM, Reply(2, "Hello both."))
    assert [to for to in desk.told() if "acme" in to] == ["Ana <ana@acme.example>", "Bob <bob@acme.example>"]
    desk.ask(ANA, RemovePerson(2, "bob@acme.example"))
    (line,) = desk.ask("bob@acme.example", Reply(2, "still there?")).answered
    assert line.outcome == "refused"


def test_a_case_is_handed_over(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.mails()
    desk.ask(SAM, Assign(1, "max"))
    assert desk.case().line.owner == "Max Manager"
    assert desk.told() == ["Max Manager <max@desk.example>"]
    (line,) = desk.ask(SAM, Assign(1, "nobody@desk.example")).answered
    assert (line.outcome, "Sam Specialist" in line.text) == ("unclear", True)


def test_my_cases_and_help_come_as_a_transcript(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.mails()
    desk.ask(ANA, My(), Help(), explicit=True, proof=Proof.PLAUSIBLE)
    (mail,) = desk.mails(ANA)
    assert "CS-000001" in text_of(mail)
    assert "#close" in text_of(mail)


def test_what_is_kept_unverified_moves_nothing(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.ask(ANA, Close(1))
    desk.mails()
    desk.ask("eve@evil.example", Keep(1, "let me in", "unverified"), proof=Proof.UNPROVEN)
    assert desk.case().line.state == "closed"
    assert desk.case().entries[-1].visibility == "internal"
    assert desk.told() == ["Max Manager <max@desk.example>", "Sam Specialist <sam@desk.example>"]


def test_a_machines_word_in_the_desks_own_thread_stays_at_the_desk(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN)
    desk.ask(SAM, Keep(1, "edited: it is the tag", "automatic", inward=True))
    desk.ask(ANA, Keep(1, "I am away", "automatic"))
    assert [entry.visibility for entry in desk.case().entries[-2:]] == ["internal", "public"]


def test_a_faulty_request_undoes_itself_and_spares_its_neighbours(desk: TestDesk) -> None:
    with pytest.raises(AttributeError):
        desk.ask(ANA, OPEN, said=None)
    assert desk.desk.ask(ListCases()) == ()
    assert desk.ask(ANA, OPEN).case is not None


def test_a_stranger_who_proves_himself_later_joins_his_account(desk: TestDesk) -> None:
    desk.ask(ANA, OPEN, proof=Proof.UNPROVEN)
    desk.ask("bob@acme.example", OPEN)
    desk.ask(ANA, OPEN)
    (line,) = desk.ask("bob@acme.example", AddPerson(2, ANA)).answered
    assert line.outcome == "done"
