"""An erasure to which something happens: a torn file, a kill, a mail that comes in the middle of it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from store.engine.columns import new_id
from store.engine.database import Database
from store.erasure.data_subject import among
from store.people.person import identity
from store.queues import erasure_task
from store.tombstone import FILE
from tests.privacy import traces
from tests.privacy.test_erase import ANA, PICTURE, SECRET, cases, forget_outside, left, send, settled
from tests.support.houses.desk_process import DeskProcess, patient
from tests.support.setup import databases

WRITES_AGAIN = """
import smtplib, sys, time
from bot.cli.main import casebot
from bot.privacy.erase import Eraser

erase_person = Eraser.erase_person

def late(self, who):
    with smtplib.SMTP("127.0.0.1", {port}) as client:
        client.sendmail({address!r}, ["support@example.com"], {mail!r})
"""
UNTIL_IT_OPENS_A_CASE = """
    from store.cases.case import case
    from sqlalchemy import func, select
    for _ in range(400):
        with self._database.reading() as tx:
            if tx.value(select(func.count()).select_from(case)) == 2:
                break
        time.sleep(0.1)
"""
WRITES_AGAIN += f"""{UNTIL_IT_OPENS_A_CASE}
    return erase_person(self, who)

Eraser.erase_person = late
casebot(["--config", {{config!r}}, "people", "erase", {{address!r}}, "--yes"])
"""
MAIL = f"From: Ana Martin <{ANA}>\r\nSubject: In between\r\nMessage-ID: <b@x>\r\n\r\nA second thought.\r\n"


def closed_case(desk: DeskProcess) -> None:
    """A case of Ana's alone, with a picture, that is closed."""
    send(desk, "Anas geheimer Betreff", SECRET, file=PICTURE)
    assert patient(lambda: cases(desk) and settled(desk))
    desk.casebot("case", "close", "1", "--as", "sam@desk.example")
    assert patient(lambda: settled(desk))
    forget_outside(desk)


def test_a_line_that_was_torn_by_a_full_disk_stops_no_later_erasure(tmp_path: Path) -> None:
    url = databases.sqlite(tmp_path)
    with DeskProcess(tmp_path / "desk", url) as desk:
        closed_case(desk)
        (tmp_path / FILE).write_text('{"id": 75327, "begun_')
        desk.casebot("people", "erase", ANA, "--yes")
        assert left(desk, url) == []
        assert len((tmp_path / FILE).read_text().splitlines()) == 1
        send(desk, "Again", "A new question.")
        assert patient(lambda: len(cases(desk)) == 2 and settled(desk))
        (tmp_path / FILE).write_text((tmp_path / FILE).read_text().replace('"desk": "', '"desk": "0'))
        told = desk.casebot("people", "erase", ANA, "--close", "--yes", code=1)
        assert "another desk's" in told
        assert "Nothing was changed" in told
        shown = desk.casebot("case", "show", "2")
        assert "A new question." in shown
        assert "closed" not in shown


def test_a_file_is_deleted_though_it_was_killed_halfway_and_much_else_waits(tmp_path: Path) -> None:
    url = databases.sqlite(tmp_path)
    with DeskProcess(tmp_path / "desk", url) as desk:
        closed_case(desk)
    digest = sha256(PICTURE).hexdigest()
    (stored,) = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == PICTURE]
    database = Database(url)
    with database.writing() as tx:
        for _ in range(120):
            tx.add(
                erasure_task.erasure_task, id=new_id(), sha256=erasure_task.BYTES, stored_at=datetime.now(UTC)
            )
    database.close()
    desk.casebot("people", "erase", ANA, "--yes")
    assert not stored.exists()
    aside = next(path for path in tmp_path.rglob("files/tmp") if path.is_dir()) / f"aside-{digest}"
    aside.write_bytes(PICTURE)
    database = Database(url)
    with database.writing() as tx:
        erasure_task.add(tx, [(digest, datetime.now(UTC))], now=datetime.now(UTC))
    database.close()
    desk.casebot("retention")
    assert traces.of(tmp_path, [PICTURE[100:400]]) == []


def test_who_writes_in_the_middle_of_it_is_not_left_half_erased(url: str, tmp_path: Path) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        closed_case(desk)
        script = WRITES_AGAIN.format(port=desk.port, address=ANA, mail=MAIL, config=str(desk.config))
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=300, check=False)
        assert done.returncode == 1, done
        assert b"wrote again" in done.stderr
        assert "A second thought." in desk.casebot("case", "show", "2"), "it is not lost"
        assert patient(lambda: settled(desk))
        forget_outside(desk)
        desk.casebot("people", "erase", ANA, "--close", "--yes")
        assert patient(lambda: settled(desk))
        assert left(desk, url) == []
        assert traces.of(tmp_path, ["A second thought."]) == []


WRITES_AT_THE_END = """
import smtplib, time
from bot.cli.main import casebot
from bot.privacy.erase import Eraser

finish = Eraser.finish

def late(self, stone_id, *, rewrite=True):
    with smtplib.SMTP("127.0.0.1", {port}) as client:
        client.sendmail({address!r}, ["support@example.com"], {mail!r})
    return finish(self, stone_id, rewrite=rewrite)

Eraser.finish = late
casebot(["--config", {config!r}, "people", "erase", {address!r}, "--yes"])
"""


def test_who_writes_while_the_file_is_rewritten_is_no_stranger_that_nobody_was_told_of(
    url: str, tmp_path: Path
) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        closed_case(desk)
        script = WRITES_AT_THE_END.format(port=desk.port, address=ANA, mail=MAIL, config=str(desk.config))
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=300, check=False)
        assert done.returncode == 1, done
        assert b"wrote again" in done.stderr
        assert patient(lambda: len(cases(desk)) == 2), "it is not lost"
        assert patient(lambda: settled(desk))
        forget_outside(desk)
        assert "Erased" in desk.casebot("people", "erase", ANA, "--close", "--yes")
        assert left(desk, url) == []


KILLED_AT_THE_END = """
import os, signal
from bot.cli.main import casebot
from bot.privacy.erase import Eraser

Eraser.finish = lambda *arguments, **named: os.kill(os.getpid(), signal.SIGKILL)
casebot(["--config", {config!r}, "people", "erase", {address!r}, "--yes"])
"""
OTHER = "ana@home.example"


@pytest.mark.parametrize(("sender", "then"), [(ANA, ""), (OTHER, UNTIL_IT_OPENS_A_CASE)])
def test_mail_that_comes_while_a_killed_erasure_is_resumed_is_reported(
    url: str, tmp_path: Path, sender: str, then: str
) -> None:
    with DeskProcess(tmp_path / "desk", url) as desk:
        closed_case(desk)
        database = Database(url)
        with database.writing() as tx:
            (ana,) = among(tx, [("email", ANA)])
            tx.add(identity, channel="email", address=OTHER, person_id=ana)
        database.close()
        writes = WRITES_AT_THE_END.replace("    return", f"{then}    return")
        for script, code in ((KILLED_AT_THE_END, -signal.SIGKILL), (writes, 1)):
            mail = MAIL.replace(ANA, sender)
            filled = script.format(port=desk.port, address=ANA, mail=mail, config=str(desk.config))
            done = subprocess.run(
                [sys.executable, "-c", filled], capture_output=True, timeout=300, check=False
            )
            assert done.returncode == code, done
        assert b"wrote again" in done.stderr
        assert patient(lambda: len(cases(desk)) == 2), "it is not lost"
        assert patient(lambda: settled(desk))
        forget_outside(desk)
        assert "Erased" in desk.casebot("people", "erase", sender, "--close", "--yes")
        assert left(desk, url) == []


NOTES_WHEN_IT_LOOKS = """
import time
from bot.cli.main import casebot
from bot.privacy.erase import Eraser

wrote_again = Eraser.wrote_again

def look(self, *whose):
    print("looked at", time.time(), flush=True)
    return wrote_again(self, *whose)

Eraser.wrote_again = look
casebot(["--config", {config!r}, "people", "erase", {address!r}, "--close", "--yes"])
"""


def test_a_customer_who_keeps_writing_is_never_said_to_be_erased_while_mail_of_theirs_is_kept(
    tmp_path: Path,
) -> None:
    url = databases.sqlite(tmp_path)
    with DeskProcess(tmp_path / "desk", url) as desk:
        closed_case(desk)
        ended, accepted = threading.Event(), list[float]()
        writer = threading.Thread(target=keep_writing, args=(desk, ended, accepted))
        writer.start()
        script = [sys.executable, "-c", NOTES_WHEN_IT_LOOKS.format(config=str(desk.config), address=ANA)]
        try:
            done = subprocess.run(script, capture_output=True, timeout=300, check=False)
        finally:
            ended.set()
            writer.join()
        assert patient(lambda: settled(desk))
        forget_outside(desk)
        if done.returncode == 0:  # all mail that was accepted before the last look is gone
            looked = float(done.stdout.partition(b"looked at ")[2].split()[0])
            before = [f"More {number:04}." for number, moment in enumerate(accepted) if moment < looked]
            assert traces.of(tmp_path, before) == []
        else:
            assert (done.returncode, b"wrote again" in done.stderr) == (1, True), done
            assert traces.of(tmp_path, [f"More {len(accepted) - 1:04}."]), "or the test could not fail"
        send(desk, "More", SECRET)
        assert patient(lambda: settled(desk))
        forget_outside(desk)
        assert "Erased" in desk.casebot("people", "erase", ANA, "--close", "--yes")
        assert left(desk, url) == []


def keep_writing(desk: DeskProcess, ended: threading.Event, accepted: list[float]) -> None:
    """Send mails with a number each, and note when each was accepted."""
    while not ended.is_set():
        send(desk, "More", f"Another question: {SECRET} More {len(accepted):04}.")
        accepted.append(time.time())
