"""What a specialist does who has no Slack: by mail, to the public address, the note address, both or neither."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from bot.commands import catalogue, parser
from bot.model.identity import OPERATOR, Identity, Proof
from bot.model.request import Request
from tests.support.houses.house import words
from tests.support.stories.story import Story
from tests.support.stories.town import PAT

TO = "pat@desk.example"
SIGN_OFF = "Kind regards, Pat"
"""In each answer, which must have it at the customer, too."""


def _quoted(story: Story, mail: Any) -> str:
    """The mail that is answered, as mail programs put it below.

    Quoted, copied with a header block, or bare.
    """
    text = words(mail)
    style = story.dice.choice(("quoted", "original", "outlook", "bare"))
    if style == "quoted":
        return "On Monday, Support wrote:\n" + "\n".join(f"> {line}" for line in text.splitlines())
    head = f"From: Support\nSent: Monday, 23 November 2026 10:00\nTo: Pat\nSubject: {mail['Subject']}\n"
    return {"original": f"-----Original Message-----\n{head}\n{text}", "outlook": f"{head}\n{text}"}.get(
        style, text
    )


def _send(
    story: Story, to: str, text: str, *, subject: str = "", files: dict[str, bytes] | None = None
) -> None:
    mail = story.letter(TO)
    headers = {"In-Reply-To": mail["Message-ID"], "References": mail["Message-ID"]}
    subject = subject or f"Re: {mail['Subject']}"
    body = f"{text}\n\n{_quoted(story, mail)}\n"
    story.town.send(PAT, to, subject, body, headers=headers, files=files or {})


def _public_address(story: Story) -> str:
    return str(story.letter(TO)["Reply-To"])


def _note_address(story: Story) -> str:
    def known() -> list[str]:
        mails = [words(mail.parsed) for mail in story.town.got(TO, story.label)]
        return re.findall(r"support\+[a-z2-7]+@example\.com", "\n".join(mails))

    address: str = story.until(known, f"a mail to {TO} with an address for notes")[-1]
    return address


def answers(story: Story) -> None:
    """To the address that leads to the customer, with a file now and then."""
    code = story.public("specialist by mail: an answer")
    files = {}
    if story.dice.random() < 0.4:
        name, content = (
            story.public(f"specialist by mail: file {part}", desk=False) for part in ("name", "words")
        )
        files = {f"{name}.log": f"log {content}".encode()}
    _send(story, _public_address(story), f"We found it. {code}\n\n{SIGN_OFF}", files=files)
    story.kept(code)
    story.owner = story.owner or "pat"


def notes(story: Story) -> None:
    """To the note address, alone or among others; all of it stays."""
    code, name, content, subject = (
        story.secret(f"specialist by mail: a note, {part}") for part in ("text", "file", "words", "subject")
    )
    to = _note_address(story)
    if story.dice.random() < 0.5:
        to = ", ".join(story.dice.sample([to, _public_address(story)], 2))
    files = {f"{name}.log": f"log {content}".encode()} if story.dice.random() < 0.5 else {}
    _send(story, to, f"Between us: {code}", subject=f"Re: [{story.label}] {subject}", files=files)
    story.kept(code)


def notes_in_a_line(story: Story) -> None:
    """``#note`` at the top of an answer takes all that follows with it.

    In the middle, or misspelt, likewise.
    """
    first, rest, name, content = (
        story.secret(f"specialist by mail: #note, {part}") for part in ("line", "rest", "file", "words")
    )
    shape = story.dice.choice(
        (
            "#note {0}\n\nAnd {1}",
            "#ntoe {0}\n\nAnd {1}",
            "Look: {0}\n#note {1}\nas I said before\nand more\nof that",
        )
    )
    files = {f"{name}.log": f"log {content}".encode()} if story.dice.random() < 0.4 else {}
    _send(story, _public_address(story), shape.format(first, rest), files=files)
    story.kept(rest)


def answers_and_notes(story: Story) -> None:
    """An answer whose last line is a note; files go with the note."""
    how = "specialist by mail: a note below an answer"
    code = story.public("specialist by mail: an answer above a note")
    secret, name, content = (story.secret(f"{how}{part}") for part in ("", ", file name", ", file"))
    files = {f"{name}.log": f"log {content}".encode()} if story.dice.random() < 0.5 else {}
    _send(story, _public_address(story), f"We found it. {code}\n\n#note {secret}", files=files)
    story.kept(secret)
    story.kept(code)
    story.owner = story.owner or "pat"


def misses_the_address(story: Story) -> None:
    """What comes to no address that was issued is not sent on."""
    code = story.secret("specialist by mail: to the desk's plain address")
    _send(story, "support@example.com", f"We found it. {code}")
    story.kept(code)


def closes(story: Story) -> None:
    """By a line of a mail."""
    code = story.public("specialist by mail: #close")
    story.happened(
        "closed", lambda: _send(story, _public_address(story), f"#close resolved, that was it {code}")
    )
    story.over, story.closed = True, False


def at_the_command_line(story: Story) -> None:
    """As ``casebot case reply`` and ``note`` do, as the operator or as somebody of the desk."""
    asker = story.dice.choice((OPERATOR, Identity("email", TO, "Pat Paper")))
    if story.dice.random() < 0.5:
        code = story.public(f"command line, {asker.name}: reply")
        line = f"reply {story.label} Look again. {code}"
        story.owner = story.owner or ("" if asker is OPERATOR else "pat")
    else:
        code = story.secret(f"command line, {asker.name}: note")
        line = f"note {story.label} Between us: {code}"
    command = catalogue.command(parser.parse(line), None, story.town.app.config.lists)
    story.town.app.desk.handle(
        Request("cli", uuid.uuid4().hex, asker, Proof.LINKED, (command,), at=datetime.now(UTC))
    )
    story.kept(code)
