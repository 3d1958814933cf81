"""Stories of redaction: a password that a customer sent is nowhere any more, to the last byte that is ours."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.case import identity_of, request_of
from bot.commands.redaction import Redact
from bot.syntax.case_numbers import entry_name
from store.cases import entry as entries
from store.engine.database import sqlite_path
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said

ANA, BOB, SAM = "Ana Acme <ana@acme.example>", "bob@acme.example", "Sam <sam@desk.example>"
DESK = "support@example.com"
SECRET = "hunter2-Größe&7"
PICTURE = bytes(range(256)) * 50


@pytest.fixture
def office(url: str, mode: str, tmp_path: Path) -> Iterator[Office]:
    with Office(url, tmp_path, mode=mode) as standing:
        yield standing


def name_of(office: Office, text: str, number: int = 1) -> str:
    """The name of the entry with these words."""
    with office.app.database.reading() as tx:
        (row,) = [row for row in entries.entries(tx, number) if text in row.text]
    return entry_name(row.id)


def spellings(secret: str) -> list[bytes]:
    """A secret as bytes may have it: plain, quoted-printable, and base64 at each offset."""
    plain = secret.encode()
    encoded = [base64.b64encode(b"x" * offset + plain)[4 if offset else 0 : -4] for offset in range(3)]
    return [plain, quopri.encodestring(plain), plain.replace(b"&", b"&amp;"), *encoded]


def left_in_files(office: Office, secret: str) -> list[str]:
    """The files of database and file store in which the secret stands."""
    database = sqlite_path(office.app.config.store.url)
    files = [file for file in Path(office.app.config.store.files).rglob("*") if file.is_file()]
    if database:
        files += [file for file in database.parent.glob(f"{database.name}*") if file.is_file()]
    return [file.name for file in files for spelling in spellings(secret) if spelling in file.read_bytes()]


def left_in_rows(office: Office, secret: str) -> list[str]:
    """The columns of the database in which the secret stands."""
    from store.engine.columns import metadata

    with office.app.database.reading() as tx:
        return [
            f"{table.name}.{column}"
            for table in metadata.sorted_tables
            for row in tx.rows(table.select())
            for column, value in row._mapping.items()
            for spelling in spellings(secret)
            if spelling in (value if isinstance(value, bytes) else str(value).encode())
        ]


def redact(
    office: Office, name: str, *words: str, file: str = "", why: str = "", who: str = "sam@desk.example"
) -> str:
    """Take something out as a specialist does at the command line; the answer."""
    wanted = Redact(1, name, why, words=words, file=file)
    outcome = office.app.desk.handle(request_of(office.app.config, identity_of(who), wanted))
    (line,) = outcome.answered
    assert line.outcome == "done", line.text
    return line.text


def gone(office: Office, *secrets: str) -> None:
    """Nothing of this is left in any row, or any byte of any file."""
    for secret in secrets:
        assert until(lambda s=secret: not left_in_rows(office, s)), left_in_rows(office, secret)
        assert until(lambda s=secret: not left_in_files(office, s)), left_in_files(office, secret)


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
    assert len(left_in_rows(office, SECRET)) > 5
    assert any(SECRET in said(message) for message in (office.card(), *office.thread()))

    first = name_of(office, "It says no")
    told = redact(office, first, SECRET, why="a password")
    assert SECRET not in told
    assert "Out of reach, for it was delivered: ana@acme.example" in told
    gone(office, SECRET)
    ours = office.slack.workspace.app.bot_user
    assert until(
        lambda: not [m for m in (office.card(), *office.thread()) if m.user == ours and SECRET in said(m)]
    )
    texts = [entry.text for entry in office.case().entries]
    assert "My password is [redacted], try it." in texts[0]
    assert "Thank you, [redacted] works for us." in texts[1]
    assert "still [redacted] is refused" in texts[2]
    assert any("redacted" in line for line in office.history())
    assert "Nothing of that is left" in redact(office, first, SECRET)
    assert words(confirmation)
