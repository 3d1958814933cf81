"""Hostility: what people try, or do by mistake, and what must not come of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.commands.case import Close, Note, Open, Reopen, Reply
from bot.commands.people import AddPerson
from bot.commands.urgency import Concern
from bot.model.identity import Proof
from bot.model.message import Attachment, Said
from tests.support.houses.desk import TestDesk, text_of
from tests.support.houses.house import House, words
from tests.support.setup import databases

ANA, SAM, DESK = "Ana <ana@acme.example>", "Sam <sam@desk.example>", "support@example.com"
ana, sam, eve = "ana@acme.example", "sam@desk.example", "eve@evil.example"
OPEN = Open("No delivery", "The deal has not delivered for 24 hours.")


def opened(house: House) -> tuple[object, object, str]:
    """Ana's case is open: her confirmation, Sam's mail, and Sam's note address."""
    house.send(ANA, DESK, "No delivery", "The deal has not delivered since noon.")
    (confirmation,), (told,) = house.mails("ana@"), house.mails("sam@")
    house.mails("max@")
    (note,) = set(re.findall(r"support\+[a-z2-7]+@example\.com", words(told)))
    return confirmation, told, note


# what is meant for the desk stays there


def test_a_file_without_words_for_the_note_address_stays_inside(house: House) -> None:
    _, _, note = opened(house)
    house.send(SAM, note, "Re: x", "", files={"secret-dump.txt": b"secret"})
    assert house.nothing("ana@")
    assert house.case().entries[-1].visibility == "internal"


def test_the_files_of_a_note_are_not_sent_with_the_answer_beside_it(house: House) -> None:
    _, told, _ = opened(house)
    house.answer(told, SAM, "We found it.\n\n#note the dump shows it", files={"secret-dump.txt": b"secret"})
    (answer,) = house.mails("ana@")
    assert "We found it." in words(answer)
    assert "secret" not in answer.as_string()
    assert "dump" not in answer.as_string()


@pytest.mark.parametrize(
    "text",
    [
        "We found it.\n\n#note canary: their fault,\nplease tell sales",
        "We found it.\n# note canary",
        "#noet canary\n\nWe found it.",
    ],
)
def test_a_mistaken_note_keeps_the_whole_mail_inside(house: House, text: str) -> None:
    _, told, _ = opened(house)
    house.answer(told, SAM, text)
    (transcript,) = house.mails("sam@")
    assert "#note" in words(transcript)
    assert house.nothing("ana@")


def test_words_below_a_command_at_the_note_address_stay_inside(house: House) -> None:
    _, _, note = opened(house)
    house.send(SAM, note, "Re: x", "#close\ncanary: they never pay")
    (closed,) = house.mails("ana@")
    assert "canary" not in closed.as_string()
    assert house.case().line.state == "resolved"


def test_a_note_address_beside_the_public_one_decides(house: House) -> None:
    _, told, note = opened(house)
    house.send(SAM, f"{told['Reply-To']}, {note}", "Re: x", "canary")
    assert house.nothing("ana@")
    assert house.case().entries[-1].visibility == "internal"


def test_an_empty_answer_is_not_sent(house: House) -> None:
    _, told, _ = opened(house)
    house.send(SAM, str(told["Reply-To"]), "Re: x", "")
    (transcript,) = house.mails("sam@")
    assert "nothing in it" in words(transcript)
    assert house.nothing("ana@")


def test_a_specialists_file_reaches_the_customer(house: House) -> None:
    _, told, _ = opened(house)
    house.answer(told, SAM, "The fix is attached.", files={"fix.zip": b"PK\x03\x04 \r\n.\r\n fix"})
    (answer,) = house.mails("ana@")
    (file,) = answer.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("fix.zip", b"PK\x03\x04 \r\n.\r\n fix")


# strangers


def test_a_results_header_of_a_strange_host_proves_nothing(tmp_path: Path) -> None:
    box = f'\n[[mailbox]]\naddress = "{DESK}"\nauthserv_id = "mx.desk.example"\n'
    forged = (
        b"Authentication-Results: mx.desk.example; dmarc=pass header.from=acme.example\r\nReceived: x\r\n"
    )
    with House(
        databases.sqlite(tmp_path, "c.db"), tmp_path, more=box, trusted_networks=["10.9.9.9/32"]
    ) as house:
        mail = forged + b"From: ana@acme.example\r\nTo: support@example.com\r\nSubject: x\r\n\r\nhello\r\n"
        envelope = {"door": "smtp", "peer": "203.0.113.66", "rcpt_tos": [DESK], "mail_from": ana}
        house.app.acceptance.keep("email", "k1", mail, envelope).result()
        house.settled()
        assert house.case(1).line.held
        house.app.acceptance.keep("email", "k2", mail, {**envelope, "peer": "10.9.9.9"}).result()
        house.settled()
        assert not house.case(2).line.held


def test_closing_held_spam_tells_nobody_outside(desk: TestDesk) -> None:
    desk.ask("victim@elsewhere.example", Open("BUY watches", "http://evil.example"), proof=Proof.UNPROVEN)
    desk.ask(sam, Close(1, "no_longer", ""))
    assert desk.case().line.state == "closed"
    assert desk.mails("victim@elsewhere.example") == []


def test_an_acknowledgement_repeats_nothing_of_an_unproven_mail(desk: TestDesk) -> None:
    desk.ask(ana, OPEN)
    desk.mails()
    said = Said(message_id="<watches@evil.example>", references=("<shop@evil.example>",))
    desk.ask(ana, Open("Watches", "at evil.example"), proof=Proof.UNPROVEN, said=said)
    (mail,) = desk.mails(ana)
    assert "evil" not in mail.as_string()


def test_an_unproven_mail_draws_nobody_elses_mail_to_its_case(desk: TestDesk) -> None:
    said = Said(message_id="<z@evil.example>", references=("<root@acme.example>",))
    desk.ask(ana, OPEN, proof=Proof.UNPROVEN, said=said)
    from store.cases import entry as entries

    with desk.app.database.reading() as tx:
        assert entries.follow(tx, ["<root@acme.example>", "<z@evil.example>"]) == {}


def test_an_unproven_sender_does_not_choose_a_name(desk: TestDesk) -> None:
    desk.ask("vic@elsewhere.example", OPEN, proof=Proof.UNPROVEN)  # came with the name "Vic"
    assert desk.case().line.requester == "vic@elsewhere.example"


def test_who_was_added_by_an_address_is_called_by_name_once_they_write(desk: TestDesk) -> None:
    desk.ask(ana, OPEN)
    desk.ask(ana, AddPerson(1, "bob@acme.example"))
    assert [part.name for part in desk.case().participants][1:] in ([""], ["bob@acme.example"])
    desk.ask("bob@acme.example", Reply(1, "It is mine, too."))
    assert [part.name for part in desk.case().participants][1:] == ["Bob"]


# words are not lost


def test_words_kept_as_unverified_are_shown_to_the_desk(house: House) -> None:
    confirmation, _, _ = opened(house)
    house.answer(confirmation, "Ana <ana@home.example>", "It is me, from home.")
    (told,) = house.mails("sam@")
    assert "It is me, from home." in words(told)
    assert "ana@home.example, who takes no part in this case, wrote." in " ".join(words(told).split())


@pytest.mark.parametrize(
    "command",
    [
        Concern(1, text="nobody answers"),
        Close(1, text="nobody answers"),
        Reopen(1, "nobody answers"),
        Note(1, "nobody answers"),
    ],
)
def test_the_words_of_a_refused_command_become_a_reply(desk: TestDesk, command: Note) -> None:
    desk.ask(ana, OPEN)
    desk.mails()
    (line,) = desk.ask(ana, command, proof=Proof.PLAUSIBLE).answered
    assert line.outcome == "refused"
    assert "added to CS-000001" in line.text
    assert desk.case().entries[-1].text == "nobody answers"
    assert "nobody answers" in text_of(desk.mails(sam)[0])


def test_a_customer_confirms_that_a_case_is_resolved(desk: TestDesk) -> None:
    desk.ask(ana, OPEN)
    desk.ask(sam, Close(1, "resolved", ""))
    desk.ask(ana, Close(1, None, "yes, thank you"))
    assert (desk.case().line.state, desk.case().close_reason) == ("closed", "resolved")


def test_what_the_confirmation_offers_is_done(desk: TestDesk) -> None:
    from bot.model.identity import Identity

    colleague = "tom@acme.example"
    desk.ask(ana, OPEN, said=Said(copied=(Identity("email", colleague), Identity("email", eve))))
    (confirmation,) = desk.mails(ana)
    offered = " ".join(text_of(confirmation).split())
    assert f"#add {colleague}" in offered
    assert f"#add {eve}" not in offered
    desk.mails()
    assert desk.ask(ana, AddPerson(1, colleague)).answered[0].outcome == "done"
    assert desk.told() == [colleague]


def test_a_retry_leaves_what_is_in_hand_alone(desk: TestDesk) -> None:
    desk.ask(ana, OPEN)
    assert desk.desk.retry() == 0


def test_an_internal_file_is_named_to_no_customer(desk: TestDesk) -> None:
    desk.ask(ana, OPEN)
    desk.mails()
    digest, size = desk.app.files.put([b"dump"])
    file = Attachment("secret.txt", "text/plain", size, digest)
    desk.ask(
        sam, Note(1, "see file"), Reply(1, "We look."), said=Said(message_id="<1@x>", attachments=(file,))
    )
    (answer,) = desk.mails(ana)
    assert "secret" not in answer.as_string()
