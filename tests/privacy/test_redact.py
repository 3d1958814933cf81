"""Stories of redaction: what was taken out of a case is nowhere any more, to the last byte that is ours."""

from __future__ import annotations

import re
import smtplib
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.app import App
from bot.channel.installed import sections
from bot.cli.terminal.request import identity_of, request_of
from bot.commands.redaction import Redact
from bot.config.load import read
from bot.syntax.case_numbers import entry_name
from store.cases import entry as entries
from store.erasure.erased_words import ErasedWords
from store.queues import erasure_task
from store.queues.inbox import inbox
from tests.privacy.remains import gone, in_rows, in_store
from tests.support.houses.desk_process import DeskProcess, patient
from tests.support.houses.house import House, until, words
from tests.support.houses.office import Office, said
from tests.support.mail.sink import Sink

ANA, BOB, SAM = "Ana Acme <ana@acme.example>", "bob@acme.example", "Sam <sam@desk.example>"
DESK = "support@example.com"
SECRET = "hunter2-Größe&7"
PICTURE = bytes(range(200, 256)) * 600


def name_of(house: House, text: str, number: int = 1) -> str:
    """The name of the entry with these words."""
    with house.app.database.reading() as tx:
        (row,) = [row for row in entries.entries(tx, number) if text in row.text]
    return entry_name(row.id)


def redact(house: House, name: str, *phrases: str, file: str = "", why: str = "") -> str:
    """Take something out as the operator does; the answer."""
    wanted = Redact(1, name, why, words=phrases, file=file)
    outcome = house.app.desk.handle(request_of(house.app.config, identity_of(None), wanted))
    (line,) = outcome.answered
    assert line.outcome == "done", line.text
    return line.text


def nothing_left_to_do(app: App) -> bool:
    """Has some process done all that redactions left to do?"""
    with app.database.reading() as tx:
        return not erasure_task.waiting(tx)


def letter(subject: str, text: str) -> bytes:
    """A mail of Ana's."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = ANA, DESK, subject, "<1@acme.example>"
    mail.set_content(text)
    return mail.as_bytes()


def parsed(raw: bytes) -> Any:
    """A mail as its reader's program has it."""
    return message_from_bytes(raw, policy=default)


def ours(office: Office) -> list[str]:
    """What the app says in the case's card and thread."""
    us = office.slack.workspace.app.bot_user
    return [said(message) for message in (office.card(), *office.thread()) if message.user == us]


def test_a_password_in_a_mail_is_gone_from_every_place_that_is_ours(office: Office) -> None:
    office.send(
        ANA, f"{DESK}, {BOB}", "Cannot log in", f"It says no.\n\nMy password is {SECRET}, try it.\n\nAna"
    )
    card = office.card()
    (confirmation,) = office.mails("ana@")
    office.slack.people.post("sam", "triage", f"!reply Thank you, {SECRET} works for us.", thread_ts=card.ts)
    (answered,) = office.mails("ana@")
    office.answer(answered, ANA, f"Not for me: still {SECRET} is refused.")
    office.in_thread("still")
    office.settled()
    assert len(in_rows(office.app, SECRET.encode())) > 5
    assert any(SECRET.replace("&", "&amp;") in text for text in ours(office))

    first = name_of(office, "It says no")
    answer = redact(office, first, SECRET, why=f"the password {SECRET}")
    assert SECRET not in answer
    assert "Out of reach, for it was delivered: ana@acme.example" in answer
    gone(office.app, SECRET)
    assert until(lambda: not [text for text in ours(office) if "hunter2" in text]), ours(office)
    texts = [entry.text for entry in office.case().entries]
    assert "My password is ████, try it." in texts[0]
    assert "Thank you, ████ works for us." in texts[1]
    assert "still ████ is refused" in texts[2]
    assert any("redacted" in line for line in office.history())
    assert "Nothing of that is left" in redact(office, first, SECRET)
    assert words(confirmation)


def test_what_begins_as_the_words_that_are_redacted_stays() -> None:
    excerpt = "The key to the … is with Bob."
    assert ErasedWords(["The key to the vault is 4711"]).out_of(excerpt) == excerpt


def test_a_whole_message_with_its_file_is_gone_and_its_mail_with_it(office: Office) -> None:
    office.send(ANA, DESK, "My passport", "Please look at the deal.")
    office.card()
    (confirmation,) = office.mails("ana@")
    text = "I was born in Nantes on the third of May.\nThe number of my passport is 12AB34567."
    office.answer(confirmation, ANA, text, files={"passport.png": PICTURE})
    office.in_thread("born in Nantes")
    office.settled()
    assert until(lambda: [message for message in office.thread() if message.files])
    assert in_store(office.app, PICTURE)

    answer = redact(office, name_of(office, "born in Nantes"))
    assert "Files that are deleted: 1." in answer
    gone(office.app, "born in Nantes", "12AB34567", PICTURE)
    assert until(lambda: not [message for message in office.thread() if message.files])
    assert until(lambda: not [each for each in ours(office) if "Nantes" in each])
    view = office.case()
    assert [entry.text for entry in view.entries] == ["Please look at the deal.", "████"]
    assert not any(entry.files for entry in view.entries)


def test_a_specialist_takes_an_entry_out_in_its_thread(office: Office) -> None:
    office.send(ANA, DESK, "Cannot log in", f"My password is {SECRET}.")
    card = office.card()
    name = name_of(office, SECRET)
    office.slack.people.post("sam", "triage", f"!redact {name} a password", thread_ts=card.ts)
    gone(office.app, SECRET)
    assert until(lambda: "hunter2" not in said(office.card()))


def test_what_waits_to_be_sent_is_sent_without_the_words(url: str, tmp_path: Path) -> None:
    with Sink() as sink, House(url, tmp_path, relay=sink.url) as house:
        sink.script.always["MAIL"] = "451 4.3.0 Come back later"
        house.send(ANA, DESK, "Cannot log in", f"My password is {SECRET}.")
        assert until(lambda: "MAIL" in sink.commands)
        answer = redact(house, name_of(house, SECRET), SECRET)
        assert re.search(r"Messages that waited, and will say ████ instead: \d", answer)
        assert "Out of reach" not in answer
        sink.script.always.clear()
        house.pass_time(hours=5)
        assert until(lambda: [mail for mail in sink.taken if "sam@desk.example" in mail.recipients])
        gone(house.app, SECRET)
        told = [parsed(mail.raw) for mail in sink.taken]
        assert any("My password is ████." in words(mail) for mail in told)
        assert not any("hunter2" in words(mail) for mail in told)


def test_an_operator_gives_the_words_on_the_standard_input(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        with smtplib.SMTP("127.0.0.1", desk.port, timeout=60) as client:
            client.sendmail(
                "ana@acme.example", [DESK], letter(f"Access {SECRET}", f"It is {SECRET}, as ever.")
            )
        assert patient(lambda: desk.listed("case", "list"))
        name = next(iter(re.findall(r"e-[a-z2-7]{6}", desk.casebot("case", "show", "1"))))
        listed = desk.casebot("case", "redact", "1")
        assert f"{name}  " in listed
        assert f"Nothing was done. Choose one, as: casebot case redact 1 {name}" in listed
        assert desk.casebot("case", "redact", "1", "e-aaaaaa", "--yes", code=1).startswith(
            "Not done: There is no entry"
        )
        desk.given = f"{SECRET}\n"
        assert desk.casebot("case", "redact", "1", name, "--words").startswith(
            f"Taken out of {name} on CS-000001"
        )
        desk.given = None
        shown = desk.casebot("case", "show", "1")
        assert "hunter2" not in shown
        assert "Access ████" in shown
        assert "redacted" in shown
        assert "No cases with" in desk.casebot("case", "search", "hunter2")
        assert "hunter2" not in desk.log()
        desk.kill()
    app = App(read(desk.config, sections()))
    gone(app, SECRET)
    app.close()


def test_a_process_that_dies_after_a_redaction_leaves_the_rest_to_the_next(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        with smtplib.SMTP("127.0.0.1", desk.port, timeout=60) as client:
            client.sendmail("ana@acme.example", [DESK], letter("Cannot log in", f"It is {SECRET}, as ever."))
        assert patient(lambda: desk.listed("case", "list"))
        desk.kill()
    app = App(read(desk.config, sections()))
    writer = threading.Thread(target=app.writer.run)
    writer.start()
    with app.database.reading() as tx:
        (entry,) = entries.entries(tx, 1)
    wanted = Redact(1, entry_name(entry.id), words=(SECRET,))
    app.desk.handle(request_of(app.config, identity_of(None), wanted))  # and no more: as if it died here
    with app.database.reading() as tx:
        assert erasure_task.waiting(tx)
    app.writer.leave()
    writer.join()
    app.close()
    with DeskProcess(tmp_path / "desk") as again:
        assert again.ready()
        app = App(read(desk.config, sections()))
        gone(app, SECRET)
        assert patient(lambda: nothing_left_to_do(app))
        app.close()


@pytest.mark.parametrize("mark", ["> ", ""])
def test_a_reply_that_quotes_redacted_text_shows_it_to_no_customer(office: Office, mark: str) -> None:
    office.send(ANA, DESK, "Cannot log in", "It says no.")
    office.mails("ana@")
    texts = ("Which browser is it, please?", f"Thank you.\n\nThe password is {SECRET}.\n\nPlease try it.")
    for text in texts:
        office.slack.people.post("sam", "triage", f"!reply {text}", thread_ts=office.card().ts)
        (answered,) = office.mails("ana@")
    office.settled()
    redact(office, name_of(office, SECRET))
    headers = "From: Support\nSent: Monday, 23 November 2026 10:00\nTo: Ana\nSubject: Cannot log in\n\n"
    introduction = "On Monday, Support wrote:\n" if mark else headers
    quoted = "\n".join(f"{mark}{line}" for line in words(answered).split("\n"))
    subject, reply = f"Re: {answered['Subject']}", {"In-Reply-To": answered["Message-ID"]}
    body = f"It works now.\n\n{introduction}{quoted}"
    office.send(ANA, str(answered["Reply-To"]), subject, body, headers=reply)
    office.in_thread("It works now.")
    office.settled()
    assert office.case().entries[-1].text.strip() == "It works now."


def test_a_message_that_is_nested_too_deeply_to_look_into_is_dropped_whole(office: Office) -> None:
    office.send(ANA, DESK, "Login", f"My password is {SECRET}.")
    office.card()
    office.send(ANA, DESK, f"Re: {office.mails('ana@')[0]['Subject']}", "Here is more.")
    office.in_thread("Here is more.")
    office.settled()
    deep = b'{"text":' + b"[" * 5_000
    with office.app.database.writing() as tx:
        tx.run(update(inbox).values(raw=deep, file=None))
    redact(office, name_of(office, SECRET), SECRET)
    assert until(lambda: nothing_left_to_do(office.app))
    with office.app.database.reading() as tx:
        assert [bytes(row.raw) for row in tx.rows(select(inbox.c.raw))] == [b"", b""]
