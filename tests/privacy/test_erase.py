"""Somebody asks to be erased: nothing of them is left in any byte, and the desk goes on."""

from __future__ import annotations

import os
import shutil
import smtplib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.privacy import traces
from tests.support.houses.desk_process import DeskProcess, patient
from tests.support.setup import databases

ANA, BEN = "ana.martin@acme.example", "ben@acme.example"
SECRET = "Das Kennwort für den Würfel lautet Zwölfe-Hühner-42."
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
PHONE = "+49 30 1234567"
NEEDLES = [ANA, "Ana Martin", SECRET, "Zwölfe-Hühner", "1234567", PICTURE[100:400], "Anas geheimer Betreff"]


def send(
    desk: DeskProcess, subject: str, text: str, *, sender: str = f"Ana Martin <{ANA}>", to: str = "support@example.com",
    copy: str = "", file: bytes = b"", answers: str = "",
) -> None:  # fmt: skip
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    if copy:
        mail["Cc"] = copy
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    mail["Message-ID"] = f"<{os.urandom(6).hex()}.{sender.rpartition('<')[2].rstrip('>')}>"
    mail.set_content(text)
    if file:
        mail.add_attachment(file, maintype="image", subtype="png", filename="Ana Martin.png")
    address = sender.rpartition("<")[2].rstrip(">")
    recipients = [to, *([copy] if copy else [])]
    with smtplib.SMTP("127.0.0.1", desk.port, timeout=60) as client:
        client.send_message(mail, address, [to for to in recipients if "example.com" in to])


def settled(desk: DeskProcess) -> bool:
    return not desk.listed("inbox", "list", "--state", "waiting") and not desk.listed(
        "outbox", "list", "--state", "waiting"
    )


def cases(desk: DeskProcess) -> dict[str, str]:
    return {line["number"]: line["subject"] for line in desk.listed("case", "list")}


def played(desk: DeskProcess) -> None:
    """Two cases: one of Ana's alone, and one of Ben's on which she was copied and has said something."""
    send(
        desk,
        "Anas geheimer Betreff",
        f"Guten Tag,\n\n{SECRET}\nRufen Sie mich an: {PHONE}\n\nAna Martin",
        file=PICTURE,
    )
    assert patient(lambda: len(cases(desk)) == 1)
    send(
        desk, "Shared trouble", f"Ana Martin ({ANA}) knows more about it.", sender=f"Ben Bo <{BEN}>", copy=ANA
    )
    assert patient(lambda: len(cases(desk)) == 2)
    desk.casebot("case", "reply", "1", f"Dear Ana Martin, you wrote: {SECRET}", "--as", "sam@desk.example")
    desk.casebot("case", "note", "1", f"Ana Martin has called from {PHONE}.", "--as", "sam@desk.example")
    desk.casebot("case", "concern", "1", f"{PHONE}: nobody calls me", "--as", ANA)
    desk.casebot("case", "add", "2", ANA, "--as", "sam@desk.example")
    desk.casebot("case", "reply", "2", f"I have seen it, too. {SECRET}", "--as", ANA)
    desk.casebot("case", "reply", "2", f"> {SECRET}\nThank you Ana Martin, says Ben.", "--as", BEN)
    assert patient(lambda: settled(desk))
    desk.casebot("case", "close", "1", "--as", "sam@desk.example")
    assert patient(lambda: settled(desk))


def reply_address(desk: DeskProcess) -> str:
    """Where Ana's answer about her own case goes to."""
    mails = [message_from_bytes(mail.read_bytes(), policy=default) for mail in desk.sent()]
    theirs = [mail for mail in mails if ANA in str(mail["To"]) and "CS-000001" in str(mail["Subject"])]
    return str(theirs[0]["Reply-To"].addresses[0].addr_spec)


def last_id(desk: DeskProcess) -> str:
    """The Message-ID of a mail to Ana about her own case."""
    mails = [message_from_bytes(mail.read_bytes(), policy=default) for mail in desk.sent()]
    return next(
        str(mail["Message-ID"]) for mail in mails if ANA in str(mail["To"]) and "CS-000001" in mail["Subject"]
    )


def forget_outside(desk: DeskProcess) -> None:
    """What left the house: the mails that the relay has, and the log of before."""
    for mail in desk.sent():
        mail.unlink()


def left(desk: DeskProcess, url: str) -> list[str]:
    found = traces.of(desk.folder, NEEDLES)
    if url.startswith("sqlite"):
        return found + traces.of(Path(url.removeprefix("sqlite:///")).parent, NEEDLES)
    return found + traces.of_database(url, NEEDLES)


def test_nothing_is_left_of_whoever_is_erased_beside_a_running_desk(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        played(desk)
        address, answered = reply_address(desk), last_id(desk)
        forget_outside(desk)
        assert left(desk, url), "or the test could not fail"

        plan = desk.casebot("people", "erase", ANA, "--dry-run")
        assert "CS-000001  all that was said on it by both sides" in plan
        assert "CS-000002  what they said (1 message, 0 files)" in plan
        assert "Nothing was changed" in plan
        assert "Ana Martin" in desk.casebot("people", "show", ANA)

        told = desk.casebot("people", "erase", ANA, "--yes", "--reason", "asked for on 3 May")
        assert "Erased" in told
        assert " of 2 cases" not in told, "how far it is, for somebody who waits at a terminal"
        assert patient(lambda: settled(desk))
        assert left(desk, url) == []

        assert cases(desk) == {"CS-000001": "████████", "CS-000002": "Shared trouble"}
        told = desk.casebot("case", "show", "2")
        assert "Thank you ████ ████, says Ben." in told
        assert "person erased" in told
        assert "asked for on 3 May" in told
        assert "✗" not in desk.casebot("verify")

        send(desk, "A new beginning", "I have another question.", sender=f"Somebody New <{ANA}>")
        assert patient(lambda: "A new beginning" in cases(desk).values())
        assert patient(lambda: [mail for mail in desk.sent() if ANA in mail.read_text()]), (
            "a stranger is answered"
        )
        assert "erased" not in desk.casebot("people", "export")
        for subject, text in (("An old thread", "Is anybody still there?"), ("Re: [CS-000001]", "Hello?")):
            before = len(cases(desk))
            send(desk, subject, text, to=address, sender=f"Ana Martin <{ANA}>", answers=answered)
            assert patient(lambda before=before: len(cases(desk)) > before), "it opens a case of its own"
            assert "Ana Martin" not in desk.casebot("case", "show", "1")
            assert ANA not in desk.casebot("case", "show", "1")
            assert "CS-000001" not in desk.casebot("case", "show", str(before + 1)), "and nothing leads back"


def everything(desk: DeskProcess) -> str:
    """All that is on cases."""
    return "".join(desk.casebot("case", "show", number) for number in cases(desk))


def test_a_backup_of_before_is_without_them_once_it_is_restored(url: str, empty: str, tmp_path: Path) -> None:
    archive, new = tmp_path / "desk.tar", tmp_path / "new"
    with DeskProcess(tmp_path / "desk", url) as desk:
        played(desk)
        forget_outside(desk)
        desk.casebot("backup", str(archive))
        assert traces.of(archive.parent, [SECRET])
        desk.casebot("people", "erase", ANA, "--yes")
    place = ("--store", empty) if empty else ()
    told = desk.casebot("restore", str(archive), "--to", str(new), *place)
    assert "Erased since the backup, and now erased again: 1." in told
    fresh = DeskProcess(new)
    assert traces.of(new, NEEDLES) == []
    if empty:
        assert traces.of_database(empty, NEEDLES) == []
    assert cases(fresh) == {"CS-000001": "████████", "CS-000002": "Shared trouble"}
    assert "✗" not in fresh.casebot("verify")
    with fresh:
        fresh.casebot("release", "--drop")
        assert patient(lambda: fresh.ready().get("ready"))


def test_a_restore_elsewhere_says_which_file_to_bring_and_its_release_erases_by_it(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    url = databases.sqlite(tmp_path / "store")
    archive = tmp_path / "away" / "desk.tar"
    archive.parent.mkdir()
    with DeskProcess(tmp_path / "desk", url) as desk:
        played(desk)
        forget_outside(desk)
        desk.casebot("backup", str(archive))
        desk.casebot("people", "erase", ANA, "--yes")
    stones = tmp_path / "store" / "casebot.erased"
    brought = stones.rename(tmp_path / "brought")
    new = tmp_path / "new"
    told = desk.casebot("restore", str(archive), "--to", str(new))
    assert f"copy it to {new / 'casebot.erased'}" in told
    fresh = DeskProcess(new)
    assert traces.of(new, [SECRET])
    shutil.copy(brought, new / "casebot.erased")
    assert "erased again: 1." in fresh.casebot("release", "--drop")
    assert traces.of(new, NEEDLES) == []

    other = tmp_path / "other"
    stranger = tmp_path / "stranger"
    stranger.write_text(brought.read_text().replace('"desk": "', '"desk": "0'))
    told = desk.casebot("restore", str(archive), "--to", str(other), "--erased", str(stranger), code=1)
    assert "another desk's" in told
    assert traces.of(other, [SECRET]), "its numbers are those of other people"


def test_whoever_was_blocked_stays_so_by_a_hash_until_the_desk_takes_it_back(tmp_path: Path) -> None:
    eve = "eve@evil.example"
    with DeskProcess(tmp_path / "desk", databases.sqlite(tmp_path)) as desk:
        send(desk, "BUY", "Buy now!", sender=eve)
        assert patient(lambda: cases(desk))
        desk.casebot("case", "spam", "1")
        assert patient(lambda: settled(desk))
        forget_outside(desk)
        desk.casebot("people", "erase", eve, "--yes")
        assert traces.of(tmp_path, [eve]) == []
        send(desk, "BUY MORE", "Buy twice!", sender=eve)
        (aside,) = patient(lambda: desk.listed("inbox", "list", "--state", "aside"))
        assert "is blocked: spam on CS-000001" in aside["reason"]
        desk.casebot("inbox", "requeue", str(aside["id"]))
        assert patient(lambda: len(cases(desk)) == 2)
        desk.casebot("case", "spam", "2")
        desk.casebot("case", "accept", "2")
        send(desk, "A question", "How much is it?", sender=eve)
        assert patient(lambda: len(cases(desk)) == 3)


def test_an_open_case_and_somebody_of_the_desk_are_in_the_way(tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", databases.sqlite(tmp_path)) as desk:
        send(desk, "Anas geheimer Betreff", SECRET)
        assert patient(lambda: cases(desk) and settled(desk))
        assert "CS-000001 is not closed" in desk.casebot("people", "erase", ANA, "--yes", code=1)
        assert "works at the desk" in desk.casebot("people", "erase", "sam@desk.example", "--yes", code=1)
        assert "give --yes" in desk.casebot("people", "erase", ANA, "--close", code=1)
        assert "nobody has the address" in desk.casebot("people", "erase", "no@body.example", "--yes", code=1)
        assert "Ana Martin" in desk.casebot("case", "show", "1")
        mails = len(desk.sent())
        desk.casebot("people", "erase", ANA, "--close", "--yes")
        assert patient(lambda: settled(desk))
        assert len(desk.sent()) == mails, "nobody is told"
        assert "closed" in desk.casebot("case", "show", "1")
