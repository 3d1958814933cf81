"""Threading: which case a mail belongs to, rule by rule, over a real wire; and why, in the case's history."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.houses.house import House, words

ANA, EVE, SAM = "Ana <ana@acme.example>", "Eve <eve@evil.example>", "Sam <sam@desk.example>"
DESK = "support@example.com"
TWO_BOXES = '\n[[mailbox]]\naddress = "support@example.com"\n[[mailbox]]\naddress = "billing@example.com"\n'


def opened(house: House, **headers: str) -> Any:
    """Ana's case is open: her confirmation."""
    house.send(ANA, DESK, "No delivery", "It stopped yesterday at noon.", headers=headers)
    (confirmation,) = house.mails("ana@")
    return confirmation


def joins(house: House, words_: str) -> str:
    """The mail with these words is on case 1, and no other case came about; why, as the history has it."""
    assert house.cases() == ["CS-000001"], house.inbox()
    assert house.case().entries[-1].text == words_
    return house.case().history[-1].detail


def test_an_exact_duplicate_changes_nothing(house: House) -> None:
    mail = house.send(ANA, DESK, "Once", "Only once.").as_bytes()
    house.submit(b"Delivered-To: support@example.com\r\nReceived: from a by b; today\r\n" + mail)
    house.submit(mail + b"\r\n")
    assert house.history() == ["opened"]
    assert len(house.inbox()) == 1


def test_a_used_message_id_does_not_swallow_another_mail(house: House) -> None:
    for text in ("The first.", "The second."):
        raw = (
            f"From: {ANA}\r\nTo: {DESK}\r\nSubject: Scan\r\nMessage-ID: <scan@acme.example>\r\n\r\n{text}\r\n"
        )
        house.submit(raw.encode())
        house.mails("ana@")
    assert house.cases() == ["CS-000001", "CS-000002"]


def test_our_token_leads_from_every_recipient_header(house: House) -> None:
    token = str(opened(house)["Reply-To"])
    for n, name in enumerate(("Cc", "Delivered-To", "X-Original-To", "Envelope-To")):
        house.send(ANA, DESK, "Hello", f"By {name}, {n}.", headers={name: token})
        assert "issued to its sender" in joins(house, f"By {name}, {n}.")
    house.send(ANA, token.upper(), "Hello", "Shouted.")
    assert "issued to its sender" in joins(house, "Shouted.")


def test_our_message_id_leads_from_in_reply_to_and_references(house: House) -> None:
    ours = opened(house)["Message-ID"]
    for n, headers in enumerate(
        (
            {"In-Reply-To": ours},
            {"References": f"<a@x.example> <b@x.example> {ours}"},
            {"References": f"<c@x.example>,{ours},<d@x.example>"},
            {"In-Reply-To": "<else@x.example>", "References": ours},
        )
    ):
        house.send(ANA, DESK, "Re: something", f"Answer {n}.", headers=headers)
        assert "an answer to a mail of ours" in joins(house, f"Answer {n}.")


def test_the_newest_reference_decides(house: House) -> None:
    first = opened(house)["Message-ID"]
    house.send(ANA, DESK, "Another matter", "The invoice is wrong.")
    (second,) = house.mails("ana@")
    house.send(ANA, DESK, "Re: x", "To the newer.", headers={"References": f"{first} {second['Message-ID']}"})
    assert house.cases() == ["CS-000001", "CS-000002"]
    assert house.case(2).entries[-1].text == "To the newer."


def test_a_program_that_drops_all_headers_still_quotes_our_id(house: House) -> None:
    confirmation = opened(house)
    markup = confirmation.get_body(("html",)).get_content()
    name = re.search(r'id="(casebot-[a-z2-7]{40})"', markup)
    assert name, markup[:500]
    quoted = markup.replace(name[1], f"x_x_{name[1]}")
    mail = house.send(ANA, DESK, "placeholder", "placeholder")
    house.mails("ana@")
    del mail["Subject"], mail["Message-ID"]
    mail["Subject"], mail["Message-ID"] = "AW: No delivery", "<outlook@acme.example>"
    mail.set_content(f"<p>From Outlook.</p><div>{quoted}</div>", subtype="html", cte="base64")
    house.submit(mail.as_bytes())
    house.settled()
    assert house.case(1).entries[-1].text.startswith("From Outlook.")
    assert "an answer to a mail of ours" in house.case(1).history[-1].detail


def test_an_id_of_somebody_elses_mail_that_the_case_knows_leads_to_it(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "One.", headers={"References": "<root@acme.example>"})
    (mail,) = house.mails("ana@")
    first = str(mail["In-Reply-To"])
    house.send(ANA, DESK, "Also", "Two.", headers={"In-Reply-To": first})
    assert "an earlier mail of this thread" in joins(house, "Two.")


def test_answers_to_a_mail_that_we_never_saw_meet_in_their_root(house: House) -> None:
    opened(house, References="<root@acme.example> <lost@acme.example>")
    house.send(ANA, DESK, "Re: plans", "Below the root.", headers={"References": "<root@acme.example>"})
    assert "an earlier mail of this thread" in joins(house, "Below the root.")


def test_mail_that_comes_after_its_own_answer_joins_it(house: House) -> None:
    opened(house, **{"In-Reply-To": "<late@acme.example>", "References": "<late@acme.example>"})
    raw = f"From: {ANA}\r\nTo: {DESK}\r\nSubject: No\r\nMessage-ID: <late@acme.example>\r\n\r\nI was held up.\r\n"
    house.submit(raw.encode())
    assert "a later mail that answers it" in joins(house, "I was held up.")


def test_two_mailboxes_of_ours_on_one_mail_make_one_case(url: str, tmp_path: Any) -> None:
    with House(url, tmp_path, more=TWO_BOXES) as house:
        both = f"{DESK}, billing@example.com"
        mail = house.send(ANA, both, "To both", "One mail.").as_bytes()
        for box in (DESK, "billing@example.com"):
            house.submit(f"Delivered-To: {box}\r\nReceived: from mx by {box}; today\r\n".encode() + mail, box)
        assert house.cases() == ["CS-000001"]
        assert len(house.mails("ana@")) == 1
        assert house.nothing("ana@")


def test_who_is_answered_by_somebody_else_first_still_finds_their_own_case(house: House) -> None:
    """A border server made Ana's mail wait, and Bo, to whom it was written too, answered all meanwhile."""
    bo = "Bo <bo@bank.example>"
    house.send(bo, DESK, "Re: No delivery", "Same here.", headers={"In-Reply-To": "<first@acme.example>"})
    house.settled()
    first = f"From: {ANA}\r\nTo: {DESK}\r\nSubject: No delivery\r\nMessage-ID: <first@acme.example>"
    house.submit(f"{first}\r\n\r\nIt stopped.\r\n".encode())
    assert house.cases() == ["CS-000001", "CS-000002"]
    for name in ("In-Reply-To", "References"):
        house.send(ANA, DESK, "Re: No delivery", f"More, {name}.", headers={name: "<first@acme.example>"})
        house.send(bo, DESK, "Re: No delivery", f"Here too, {name}.", headers={name: "<first@acme.example>"})
    assert house.cases() == ["CS-000001", "CS-000002"]
    said = [[entry.text for entry in house.case(number).entries] for number in (1, 2)]
    assert said == [
        ["Same here.", "Here too, In-Reply-To.", "Here too, References."],
        ["It stopped.", "More, In-Reply-To.", "More, References."],
    ]


def test_our_address_in_cc_alone_opens_a_case(house: House) -> None:
    raw = f"From: {ANA}\r\nTo: zoe@elsewhere.example\r\nCc: {DESK}\r\nSubject: Record\r\n\r\nSupport reads along.\r\n"
    house.submit(raw.encode(), DESK)
    assert house.cases() == ["CS-000001"]
    roles = {part.address: part.role for part in house.case().participants}
    assert roles == {"ana@acme.example": "requester"}


def test_a_forwarded_token_is_of_no_use_to_its_finder(house: House) -> None:
    token = str(opened(house)["Reply-To"])
    house.send(EVE, token, "Re: No delivery", "It is me, really.")
    house.settled()
    assert house.case().entries[-1].kind == "unverified"
    assert "issued to somebody else" in house.case().history[-1].detail
    assert house.nothing("ana@")
    assert house.nothing("eve@")


def test_an_altered_token_is_the_plain_address(house: House) -> None:
    local, _, domain = str(opened(house)["Reply-To"]).rpartition("@")
    altered = f"{local[:-2]}{'a' if local[-2] != 'a' else 'b'}{local[-1]}@{domain}"
    house.send(ANA, altered, "Another matter", "By a bad address.")
    assert house.cases() == ["CS-000001", "CS-000002"]
    assert house.case(2).linked == ""


def test_an_id_without_a_right_opens_a_linked_case(house: House) -> None:
    opened(house, References="<root@acme.example>")
    house.send(EVE, DESK, "Re: plans", "Let me in.", headers={"References": "<root@acme.example>"})
    assert house.cases() == ["CS-000001", "CS-000002"]
    assert house.case(2).linked == "CS-000001"
    assert "takes no part" in house.case(2).history[0].detail


def test_a_number_in_the_subject_leads_whoever_takes_part(house: House) -> None:
    opened(house)
    house.send(ANA, DESK, "Something about cs-000001", "By its number.")
    assert "the number in the subject" in joins(house, "By its number.")


def test_a_number_says_nothing_to_those_who_take_no_part(house: House) -> None:
    opened(house)
    for number in ("CS-000001", "CS-000777"):
        house.send(EVE, DESK, f"Re: [{number}] hello", "Let me in.")
    hit, miss = (re.sub(r"CS-\d+|support\+\S+", "", words(mail)) for mail in house.mails("eve@", count=2))
    assert hit == miss
    assert house.case(2).linked == "CS-000001"
    assert house.case(3).linked == ""


def test_why_a_mail_came_where_it_did_is_in_the_history_of_staffs_words_too(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "It stopped.")
    (told,) = house.mails("sam@")
    house.answer(told, SAM, "We look.")
    house.mails("ana@", count=2)
    (answered,) = [step for step in house.case().history if step.name == "answered"]
    assert "issued to its sender" in answered.detail


def told_of_case(house: House) -> tuple[Any, Any]:
    """Ana's confirmation, and the mail that Sam got."""
    confirmation = opened(house)
    (told,) = house.mails("sam@")
    return confirmation, told


@pytest.mark.parametrize("name", ["To", "Cc", "Bcc"])
def test_an_answer_that_a_note_address_kept_back_does_not_look_sent(house: House, name: str) -> None:
    _, told = told_of_case(house)
    reply = str(told["Reply-To"])
    (note,) = set(re.findall(r"support\+[a-z2-7]+@example\.com", words(told)))
    to = f"{reply}, {note}" if name == "To" else reply
    copied = f"Cc: {note}\r\n" if name == "Cc" else ""
    raw = f"From: {SAM}\r\nTo: {to}\r\n{copied}Subject: Re: x\r\nMessage-ID: <1@desk.example>\r\n\r\nFor whom?\r\n"
    house.submit(raw.encode(), f"{reply}, {note}", "sam@desk.example")
    (transcript,) = house.mails("sam@")
    said = " ".join(words(transcript).split())
    assert "Your note was kept on CS-000001." in said
    assert "Nothing was sent to the customer, because a note address is among its recipients." in said
    assert house.case().entries[-1].visibility == "internal"
    assert house.nothing("ana@")


def test_a_note_to_its_address_alone_is_not_answered(house: House) -> None:
    _, told = told_of_case(house)
    (note,) = set(re.findall(r"support\+[a-z2-7]+@example\.com", words(told)))
    house.send(SAM, note, "Re: No delivery", "For us.")
    assert house.nothing("sam@")
    assert house.case().entries[-1].visibility == "internal"


def test_of_two_addresses_of_a_case_the_senders_own_speaks(house: House) -> None:
    confirmation, told = told_of_case(house)
    house.send(
        ANA, str(told["Reply-To"]), "Re: x", "#close it works", headers={"Cc": str(confirmation["Reply-To"])}
    )
    (closed,) = house.mails("ana@")
    assert "is closed" in words(closed)
    assert house.case().line.state == "closed"


def test_an_own_address_of_another_case_does_not_speak_for_the_first(house: House) -> None:
    own = str(opened(house)["Reply-To"])
    house.mails("sam@")
    house.send(EVE, DESK, "Mine", "Eve's own matter.")
    house.mails("eve@")
    (told,) = [mail for mail in house.mails("sam@", count=1) if "CS-000002" in mail["Subject"]]
    house.send(ANA, str(told["Reply-To"]), "Re: x", "#close", headers={"Cc": own})
    house.settled()
    assert [house.case(number).line.state for number in (1, 2)] == ["new", "new"]
    assert house.case(2).entries[-1].kind == "unverified"
