"""Old mail is taken in: once, whatever interrupts, and without a word to anybody unless it is asked for."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channel.archive import ArchivePosition, Stored
from bot.inbound.archive_import import Import
from bot.model.errors import NoRoom
from store.engine.database import Database
from store.queues.inbox import inbox
from tests.support.houses.console import in_an_empty_folder, run, said, staffed, told
from tests.support.houses.doors import Shelf
from tests.support.houses.house import House, until, words
from tests.support.mail.archives import LONG_AGO, letter, maildir, mbox

__all__ = ["in_an_empty_folder"]

MAILBOX = """
[[mailbox]]
address = "support@example.com"
authserv_id = "mx.example.com"
"""
VOUCHED = (
    "Authentication-Results: mx.example.com; dmarc=pass header.from=acme.example",
    "Received: from mail.acme.example (mail.acme.example [203.0.113.9]) by mx.example.com; {date}",
)

LOGGED = re.compile(r"\d{4}-\d\d-\d\d ")


def vouched(number: int, **more: Any) -> bytes:
    return letter(
        number, above=[line.format(date="Mon, 2 Mar 2020 09:00:00 +0000") for line in VOUCHED], **more
    )


def imported(house: House, path: Path, *options: str) -> str:
    """What the command says; the house, in the same process, logs between its lines."""
    shown = said("--config", str(house.folder / "config.toml"), "inbox", "import", str(path), *options)
    return "".join(line for line in shown.splitlines(keepends=True) if not LOGGED.match(line))


# into a running house


def test_old_mail_becomes_cases_and_nobody_is_told(url: str, tmp_path: Path) -> None:
    answer = vouched(2, subject="Re: Question 1", text="It is back.", In_Reply_To="<old-1@acme.example>")
    path = mbox(tmp_path / "old.mbox", [vouched(1), answer, vouched(3)])
    with House(url, tmp_path, more=MAILBOX) as house:
        assert imported(house, path).startswith(
            "3 messages kept, 3 of them old, so that nobody is told of them."
        )
        assert house.cases() == ["CS-000001", "CS-000002"]
        assert house.history() == ["opened", "replied"]
        assert house.nothing()
        case = house.case()
        assert (case.opened_at, case.entries[0].at) == (LONG_AGO, LONG_AGO)
        assert not case.line.held  # the mailbox's own server vouched for her, as with IMAP
        assert house.app.desk.ask(_Timers()) == 0


def test_mail_that_nobody_vouched_for_is_held(url: str, tmp_path: Path) -> None:
    path = mbox(tmp_path / "old.mbox", [letter(1)])
    with House(url, tmp_path, more=MAILBOX, trusted_networks=["0.0.0.0/0", "::/0"]) as house:
        imported(house, path)
        assert house.case().line.held


def test_what_follows_on_an_imported_case_is_told_as_always(url: str, tmp_path: Path) -> None:
    path = mbox(tmp_path / "old.mbox", [vouched(1)])
    with House(url, tmp_path, more=MAILBOX) as house:
        imported(house, path)
        assert house.cases() == ["CS-000001"]
        headers = {"In-Reply-To": "<old-1@acme.example>"}
        house.send("ana@acme.example", "support@example.com", "Re: Question 1", "And?", headers=headers)
        assert "And?" in words(house.mails("sam@")[0])
        assert house.history() == ["opened", "replied"]


def test_fresh_mail_is_answered_and_old_mail_if_it_is_asked_for(url: str, tmp_path: Path) -> None:
    now = [datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")]
    fresh = letter(1, above=[VOUCHED[0], VOUCHED[1].format(date=now[0])])
    paths = [mbox(tmp_path / "fresh", [fresh]), mbox(tmp_path / "old", [vouched(2)])]
    with House(url, tmp_path, more=MAILBOX) as house:
        assert imported(house, paths[0]).startswith("1 message kept.\n")
        assert "CS-000001" in house.mails("ana@")[0]["Subject"]
        imported(house, paths[1], "--answer")
        assert "CS-000002" in house.mails("ana@")[0]["Subject"]
        house.mails("sam@", count=2)


def test_an_answer_that_got_stuck_reaches_its_customer(url: str, tmp_path: Path) -> None:
    with House(url, tmp_path, more=MAILBOX) as house:
        house.send("ana@acme.example", "support@example.com", "No delivery", "It stopped.")
        (told,) = house.mails("sam@")
        house.mails("ana@")
        above = [
            f"Delivered-To: {str(told['Reply-To']).rpartition('<')[2].rstrip('>')}",
            VOUCHED[0].replace("acme.example", "desk.example"),
            VOUCHED[1].format(date="Mon, 2 Mar 2020 09:00:00 +0000"),
        ]
        stuck = letter(1, above=above, text="We look at it.").replace(b"Ana <ana@acme", b"Sam <sam@desk")
        imported(house, mbox(tmp_path / "stuck", [stuck]))
        assert "We look at it." in words(house.mails("ana@")[0])


def test_what_came_by_a_door_is_a_duplicate_in_the_archive(url: str, tmp_path: Path) -> None:
    raw = letter(1)
    with House(url, tmp_path) as house:
        house.submit(raw.replace(b"\n", b"\r\n"))
        house.mails("ana@")
        filed = b"Return-Path: <ana@acme.example>\nReceived: by mx.example.com; now\nStatus: RO\n" + raw
        assert imported(house, mbox(tmp_path / "old", [filed])) == (
            "0 messages kept.\n1 message in the inbox already.\n"
        )
        assert house.cases() == ["CS-000001"]


def test_a_large_message_does_not_let_its_answers_overtake_it(url: str, tmp_path: Path) -> None:
    large = vouched(1, text="\n".join(["a long log"] * 40_000))
    answers = [vouched(n, subject="Re: Question 1", References="<old-1@acme.example>") for n in range(2, 12)]
    with House(url, tmp_path, more=MAILBOX) as house:
        imported(house, mbox(tmp_path / "old", [large, *answers]))
        assert house.cases() == ["CS-000001"]
        assert house.history() == ["opened", *["replied"] * 10]


# the command


def kept_keys() -> list[tuple[str, int]]:
    """Every message in the inbox and how often it was taken up, oldest first."""
    database = Database("sqlite:///casebot.db")
    with database.reading() as tx:
        rows = tx.rows(inbox.select().order_by(inbox.c.id))
    database.close()
    return [(row.key, row.size) for row in rows]


def test_a_second_run_changes_nothing() -> None:
    staffed()
    path = str(mbox(Path("old.mbox"), [letter(n) for n in range(30)]))
    assert said("inbox", "import", "mbox", path).startswith("30 messages kept, 30 of them old")
    before = kept_keys()
    assert said("inbox", "import", path) == "0 messages kept.\n30 messages in the inbox already.\n"
    assert kept_keys() == before
    assert len(before) == 30


def test_the_exact_bytes_can_be_had_again() -> None:
    staffed()
    raw = letter(1, text="From here\n\x00\u00e9").replace(b"\xc3\xa9", b"\xe9\xff")
    said("inbox", "import", str(maildir(Path("old"), [raw])))
    (line,) = said("inbox", "list").splitlines()[1:]
    result = run("inbox", "show", line.split()[0], "--raw")
    assert result.stdout_bytes == raw


def test_a_maildir_is_taken_in_by_date() -> None:
    staffed()
    letters = [letter(n, text="x" * (100 + n)) for n in (3, 1, 2, 0)]
    assert said("inbox", "import", "maildir", str(maildir(Path("old"), letters))).startswith(
        "4 messages kept"
    )
    sizes = [size for _, size in kept_keys()]
    assert sizes == sorted(sizes)


def test_bad_and_huge_messages_are_told_with_their_place() -> None:
    staffed()
    with Path("config.toml").open("a") as file:
        file.write("[email]\nmax_size = 20000\n")
    path = mbox(Path("old.mbox"), [letter(1), letter(2, text="x" * 30_000), b"\n", letter(4)])
    shown = said("inbox", "import", str(path))
    assert shown.startswith("2 messages kept")
    assert "1 message refused: it is larger than email.max_size (20,000 bytes)." in shown
    assert f"  message 2 (byte {len(letter(1)) + 48}): it is larger" in shown
    assert "  message 3 (byte" in shown
    assert "it is empty" in shown


def test_what_cannot_be_imported_says_why() -> None:
    staffed()
    Path("one.eml").write_bytes(letter(1))
    assert "neither an mbox file nor a Maildir folder" in told("inbox", "import", "one.eml", code=1)
    assert "No such file" in told("inbox", "import", "nothing", code=1)
    assert "is no mailbox of this desk" in told(
        "inbox", "import", "one.eml", "--mailbox", "x@y.example", code=1
    )
    assert "One PATH" in told("inbox", "import", "pst", "one.eml", code=2)


# interrupted


def started(path: Path) -> subprocess.Popen[str]:
    """``casebot inbox import``, once it has kept something."""
    program = [sys.executable, "-m", "bot.cli", "inbox", "import", str(path)]
    running = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: Path("casebot.db").exists() and len(kept_keys()) > 400)
    return running


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_import_that_was_ended_is_begun_again_and_loses_nothing(number: int) -> None:
    staffed()
    said("inbox", "list")  # the store is there
    path = mbox(Path("old.mbox"), (letter(n) for n in range(2000)))
    running = started(path)
    os.kill(running.pid, number)
    shown, failed = running.communicate(timeout=120)
    before = len(kept_keys())
    assert 400 < before < 2000
    if number != signal.SIGKILL:
        assert running.returncode == 130
        assert shown.startswith(f"{before:,} messages kept")
        assert "Give the same command again" in shown
        assert failed == ""
    again = said("inbox", "import", str(path))
    assert "passed over: an interrupted import had come so far" in again
    assert f"{2000 - before:,} messages kept" in again
    keys = [key for key, _ in kept_keys()]
    assert len(keys) == len(set(keys)) == 2000


class Letters:
    """An archive that exists in a test only."""

    name = "import letters"
    total = 10

    def known(self, mark: ArchivePosition) -> ArchivePosition:
        return mark

    def messages(self, start: ArchivePosition) -> Iterable[Stored]:
        for n in range(start.messages, self.total):
            yield Stored(f"message {n + 1}", ArchivePosition(n + 1, n + 1), letter(n), f"key {n}", {}, None)


def test_without_room_it_stops_and_goes_on_there_later() -> None:
    shelf = Shelf()

    def keep(source: str, key: str, raw: bytes, envelope: Any) -> Any:
        shelf.trouble = NoRoom("There is no room.") if full and key == "key 4" else None
        answer = shelf.keep(source, key, raw, envelope)
        answer.exception()
        return answer

    full = True
    parts: dict[str, Any] = {"keep": keep, "remember": shelf.remember, "waiting": lambda: 0}
    first = Import(Letters(), "email", **parts).run(lambda done: None)
    assert "message 5 could not be kept: There is no room." in first.stopped
    full = False
    second = Import(Letters(), "email", **parts).run(lambda done: None)
    assert (second.before, second.stopped) == (4, "")
    assert first.kept + second.kept == 10
    assert sorted(key for key, _, _ in shelf.letters) == [f"key {n}" for n in range(10)]


def test_a_running_house_is_not_flooded() -> None:
    """It waits while many messages wait, until somebody has worked them off."""
    shelf, seen = Shelf(), iter([5000, 4000, 900, 0])

    class Many(Letters):
        total = 200

    imported = Import(Many(), "email", keep=shelf.keep, remember=shelf.remember, waiting=lambda: next(seen))
    assert imported.run(lambda done: None).kept == 200
    assert list(seen) == [0]


class _Timers:
    """How many timers wait."""

    def answer(self, tx: Any) -> int:
        from store.cases.timer import timer

        return len(tx.rows(timer.select().where(timer.c.due_at.is_not(None))))
