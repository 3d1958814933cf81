"""Stories: what people live through, from their mail program to their mail program."""

from __future__ import annotations

import hashlib
import os
import re

import pytest

from tests.support.houses.house import House, words

ANA, BOB, EVE = "Ana <ana@acme.example>", "Bob <bob@acme.example>", "Eve <eve@evil.example>"
SAM, DESK = "Sam <sam@desk.example>", "support@example.com"


def opened(house: House) -> tuple[object, object]:
    """Ana's case is open: her confirmation, and the mail that Sam got."""
    house.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped yesterday at noon.\n\nAna")
    (confirmation,) = house.mails("ana@")
    (told,) = house.mails("sam@")
    house.mails("max@")
    return confirmation, told


def note_address(mail: object) -> str:
    (address,) = set(re.findall(r"support\+[a-z2-7]+@example\.com", words(mail)))
    return address


def test_a_mail_becomes_a_case_and_is_answered(house: House) -> None:
    confirmation, _ = opened(house)
    assert confirmation["Subject"] == "[CS-000001] Deal ID 12333: no delivery"
    assert confirmation["Auto-Submitted"] == "auto-replied"
    assert confirmation["In-Reply-To"] in str(confirmation["References"])
    assert house.case().ids == ("Deal ID 12333",)
    assert house.case().line.state == "new"


def test_a_reply_with_a_file_joins_the_case(house: House) -> None:
    confirmation, _ = opened(house)
    content = os.urandom(300_000)
    house.answer(confirmation, ANA, "Here is the log.", files={"app.log": content})
    house.mails("sam@")
    entry = house.case().entries[-1]
    assert entry.text == "Here is the log."
    assert [file.name for file in entry.files] == ["app.log"]
    kept = house.app.files.read(entry.files[0].sha256)
    assert kept == content
    assert hashlib.sha256(kept).hexdigest() == entry.files[0].sha256
    assert house.cases() == ["CS-000001"]


def test_somebody_elses_number_opens_a_case_of_his_own(house: House) -> None:
    opened(house)
    house.send(EVE, DESK, "Re: [CS-000001] hello", "let me in")
    house.send(EVE, DESK, "Re: [CS-000777] hello", "let me in")
    hit, miss = house.mails("eve@", count=2)
    assert house.cases() == ["CS-000001", "CS-000002", "CS-000003"]
    same = [re.sub(r"CS-\d+|support\+\S+", "", words(mail)) for mail in (hit, miss)]
    assert same[0] == same[1]
    assert len(house.case(1).entries) == 1
    assert house.case(2).linked == "CS-000001"


def test_a_forwarded_token_does_not_let_its_finder_in(house: House) -> None:
    confirmation, _ = opened(house)
    house.answer(confirmation, EVE, "#close")
    assert house.history() == ["opened", "kept as unverified"]
    assert house.case().entries[-1].visibility == "internal"
    assert house.nothing("ana@")
    assert house.nothing("eve@")


def test_an_automatic_reply_gets_no_answer(house: House) -> None:
    confirmation, _ = opened(house)
    house.send(
        ANA,
        str(confirmation["Reply-To"]),
        "Out of office",
        "Away",
        headers={"Auto-Submitted": "auto-replied"},
    )
    house.send(ANA, DESK, "Out of office", "Away", headers={"Auto-Submitted": "auto-replied"})
    assert house.cases() == ["CS-000001"]
    assert house.history() == ["opened", "kept as automatic"]
    assert house.nothing()
    assert len(house.inbox("aside")) == 1


def test_a_specialists_mail_reaches_the_customer_and_a_note_does_not(house: House) -> None:
    confirmation, told = opened(house)
    house.answer(told, SAM, "We found it.")
    (answer,) = house.mails("ana@")
    assert "We found it." in words(answer)
    assert "stopped yesterday" not in words(answer)
    assert answer["In-Reply-To"] == confirmation["Message-ID"]
    assert confirmation["Message-ID"] in answer["References"]
    house.send(SAM, note_address(told), "Re: x", "canary-internal")
    assert house.nothing("ana@")
    assert [entry.visibility for entry in house.case().entries] == ["public", "public", "internal"]
    house.answer(answer, ANA, "#show")
    (transcript,) = house.mails("ana@")
    assert "We found it." in words(transcript)
    assert "canary" not in transcript.as_string()


def test_a_specialist_who_misses_his_address_is_told_that_nothing_was_sent(house: House) -> None:
    _, told = opened(house)
    headers = {"In-Reply-To": str(told["Message-ID"])}
    house.send(SAM, DESK, "Re: no delivery", "We found it.", headers=headers)
    (transcript,) = house.mails("sam@")
    assert "We passed it on to nobody" in " ".join(words(transcript).split())
    assert house.nothing("ana@")


def test_commands_are_done_and_answered_with_a_transcript(house: House) -> None:
    confirmation, _ = opened(house)
    house.answer(confirmation, ANA, "#concern lack of reply +33 1 23 45 67 89: nobody answered\n#clsoe")
    (digest,) = house.mails("max@")
    assert "+33 1 23 45 67 89" in words(digest)
    told = " ".join(words(mail) for mail in house.mails("ana@", count=2))
    assert "#close" in told
    assert house.history()[-1] == "concern raised"
    house.answer(confirmation, ANA, "#close fixed, thank you")
    house.settled()
    assert house.case().line.state == "closed"
    house.answer(confirmation, ANA, "It is back, sorry.")
    house.settled()
    assert house.case().line.state == "open"
    assert house.history()[-3:] == ["closed", "replied", "reopened"]


def test_the_same_words_are_heard_each_time(house: House) -> None:
    confirmation, _ = opened(house)
    for _ in range(2):
        house.answer(confirmation, ANA, "Is there any news?")
        (told,) = house.mails("sam@")
        assert "> Is there any news?" in words(told)
    house.mails("max@", count=2)
    house.answer(confirmation, EVE, "#show")
    house.mails("sam@")
    house.answer(confirmation, ANA, "#show")
    (shown,) = house.mails("ana@")
    assert words(shown).count("Is there any news?") == 2


def test_a_note_in_the_middle_keeps_all_at_the_desk_though_its_end_was_said_before(house: House) -> None:
    _, told = opened(house)
    house.answer(told, SAM, "#note I guess.\nAs I said on Monday.")
    (receipt,) = house.mails("sam@")
    house.answer(receipt, SAM, "Between us.\n#note They forgot.\nAs I said on Monday.")
    house.settled()
    assert [entry.visibility for entry in house.case().entries] == ["public", "internal", "internal"]
    assert house.nothing("ana@")


@pytest.mark.parametrize(
    "line",
    ["*#note* They forgot.", "- #note They forgot.", "\u200b#note They forgot.", "**# note** They forgot."],
)
def test_a_note_that_looks_like_one_stays_at_the_desk_whatever_stands_before_it(
    house: House, line: str
) -> None:
    _, told = opened(house)
    house.answer(told, SAM, line)
    (transcript,) = house.mails("sam@")
    assert "internal note" in " ".join(words(transcript).split())
    assert house.case().entries[-1].visibility == "internal"
    assert house.nothing("ana@")


def test_my_cases_are_listed_to_their_owner_only(house: House) -> None:
    opened(house)
    house.send(EVE, DESK, "cases", "#my")
    (mail,) = house.mails("eve@")
    assert "CS-000001" not in words(mail)
    house.send(ANA, DESK, "cases", "#my\n#help")
    (mail,) = house.mails("ana@")
    assert "CS-000001" in words(mail)
    assert house.cases() == ["CS-000001"]


def test_a_quoted_command_is_not_a_command(house: House) -> None:
    _, told = opened(house)
    house.answer(told, SAM, "Write\n#close\non a line of its own when you are done, please.")
    (answer,) = house.mails("ana@")
    house.answer(answer, ANA, "Thank you, it works for the moment.")
    house.settled()
    assert house.case().line.state == "open"


def test_a_forwarded_mail_without_words_is_shown_and_its_commands_are_not_done(house: House) -> None:
    told = "---------- Forwarded message ----------\nFrom: Zoe <zoe@z.example>\nSubject: x\n\n#close CS-000001\nLate."
    house.send(ANA, DESK, "Fwd: x", told)
    assert "Late." in house.case().entries[0].text
    assert house.history() == ["opened"]


def test_fields_at_the_top_fill_the_case(house: House) -> None:
    house.send(ANA, DESK, "Numbers differ", "Priority: Critical\nType: Reporting\n\nThey differ by 20 %.")
    view = house.case()
    assert (view.line.priority, view.type) == ("Critical", "Reporting")
    assert view.entries[0].text == "They differ by 20 %."


def test_a_colleague_in_cc_joins_and_a_stranger_is_only_proposed(house: House) -> None:
    house.send(BOB, DESK, "Earlier", "An earlier case makes Bob known.")
    house.mails("bob@")
    house.send(ANA, DESK, "Together", "We both see this.", headers={"Cc": f"{BOB}, {EVE}"})
    house.mails("ana@")
    roles = {part.address: part.role for part in house.case(2).participants}
    assert roles == {
        "ana@acme.example": "requester",
        "bob@acme.example": "collaborator",
        "eve@evil.example": "proposed",
    }
    told = next(mail for mail in house.mails("sam@", count=2) if "CS-000002" in mail["Subject"])
    house.answer(told, SAM, "Hello both.")
    house.mails("bob@")
    assert house.nothing("eve@")


def test_whom_the_desk_removed_no_customer_brings_back_story(house: House) -> None:
    confirmation, told = opened(house)
    house.answer(told, SAM, "#add eve@evil.example")
    house.answer(told, SAM, "#remove eve@evil.example")
    to = str(confirmation["Reply-To"])
    house.send(ANA, to, "Re: [CS-000001]", "Eve knows more.", headers={"Cc": EVE})
    house.answer(confirmation, ANA, "#add eve@evil.example")
    house.settled()
    (eve,) = [part for part in house.case().participants if part.address == "eve@evil.example"]
    assert eve.role == "removed"
    decides = "The support team decides whether eve@evil.example is added to CS-000001"
    assert [mail for mail in house.mails("ana@") if decides in " ".join(words(mail).split())]
    house.answer(told, SAM, "#add eve@evil.example")
    house.settled()
    assert [part.role for part in house.case().participants] == ["requester", "collaborator"]


def test_whom_a_customer_removed_they_may_add_again(house: House) -> None:
    house.send(BOB, DESK, "Earlier", "An earlier case makes Bob known.")
    house.mails("bob@")
    house.send(ANA, DESK, "Together", "We both see this.", headers={"Cc": BOB})
    (confirmation,) = house.mails("ana@")
    (told,) = [mail for mail in house.mails("sam@", count=2) if "CS-000002" in mail["Subject"]]
    for sender, mail, line, role in (
        (ANA, confirmation, "#remove", "removed"),
        (ANA, confirmation, "#add", "collaborator"),
        (SAM, told, "#remove", "removed"),
        (ANA, confirmation, "#add", "removed"),
    ):
        house.answer(mail, sender, f"{line} bob@acme.example")
        house.settled()
        roles = {part.address: part.role for part in house.case(2).participants}
        assert roles == {"ana@acme.example": "requester", "bob@acme.example": role}


def test_the_same_mail_twice_is_one_case(house: House) -> None:
    mail = house.send(ANA, DESK, "Once", "Only once.")
    house.submit(b"Received: from elsewhere by here; today\r\n" + mail.as_bytes())
    house.submit(mail.as_bytes())
    assert house.cases() == ["CS-000001"]
    assert len(house.inbox()) == 1
