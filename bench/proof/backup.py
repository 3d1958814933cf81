"""A backup while mail arrives, restored elsewhere: its cost, its senders, and that nothing is missing."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.support.databases import KINDS, Look, fresh
from bench.support.house import House
from bench.support.steady_senders import SteadySenders
from bench.support.year_store import Year
from bot.channel.installed import sections
from bot.config.load import read
from store import schema
from store.engine.columns import new_id
from store.engine.database import Database
from store.files.blobs import FileStore
from store.queues.inbox import inbox
from tests.support.mail.sink import Sink

HELD = 3.0
"""Seconds for which a restored desk is left alone, to see that it says nothing."""
SLOW = 0.5
"""Seconds that the old desk's relay takes for a mail: so that much waits to be sent when the backup is made."""
DRAINED = 600.0
"""Seconds in which a released desk has to be through."""
CASEBOT = ("-m", "bot.cli")


def fill(url: str, folder: Path, cases: int, files: int) -> None:
    """Write a year of cases into a store, and files of 100 kB that it names."""
    database, store, now = Database(url), FileStore(folder / "files"), datetime.now(UTC)
    schema.ensure(database)
    Year(read(None, sections()), now).write(database, cases)
    with database.writing() as tx:
        for number in range(files):
            digest, size = store.put([os.urandom(100_000)])
            tx.add(
                inbox, id=new_id(), source="email", key=f"bench {number}", envelope="{}", raw=None, file=digest,
                size=size, received_at=now, attempts=0, strikes=0, due_at=None, fence=0, outcome="done", reason="",
                case_id=None,
            )  # fmt: skip
    database.close()


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended well."""

    text: str
    seconds: float
    memory: int
    """Bytes at most."""

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.memory / 1e6:.0f} MB of memory at most"


def casebot(*words: str) -> Done:
    """Run a command as its operator does. Raises ``RuntimeError`` with its words if it fails."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *CASEBOT, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"casebot {' '.join(words)}: {text}")
    return Done(text, time.monotonic() - began, usage.ru_maxrss * 1000)


@dataclass(slots=True)
class BackupTrial:
    """One desk, one backup, one restored desk."""

    asked: argparse.Namespace
    folder: Path
    url: str
    empty: str
    """URL of an empty database for what is restored; ``""`` for SQLite."""

    def run(self) -> list[str]:
        """Do it all, print the figures; a sentence for each promise that was broken."""
        fill(self.url, self.folder / "old", self.asked.cases, self.asked.files)
        with Sink() as relay:
            relay.script.delay = SLOW
            senders, made_at = self._backup_under_load(relay)
            before = {message.message_id for message in relay.taken}
        with Sink() as relay:
            look, waiting = self._restored(relay)
            return [
                *senders.broken(),
                *lost(senders, made_at, look),
                *sent_wrongly(look, relay, waiting=waiting, before=before),
            ]

    def _backup_under_load(self, relay: Sink) -> tuple[SteadySenders, datetime]:
        house = House(self.folder / "old", url=self.url, relay=relay.port, staff=1)
        house.open(seconds=120)
        house.rest()
        with SteadySenders(house.port, rate=self.asked.rate) as senders:
            time.sleep(self.asked.seconds)
            began = time.time()
            done = casebot("--config", str(house.config), "backup", str(self.folder / "desk.tar"), "--json")
            ended = time.time()
            time.sleep(self.asked.seconds)
        house.kill()
        says = json.loads(done.text)
        _say(
            "backup",
            f"{done}; {says['size'] / 1e6:.0f} MB, {says['rows']['support_case']} cases, {says['files']} files",
        )
        _say("senders", senders.noticed(began, ended))
        return senders, datetime.fromisoformat(says["made_at"])

    def _restored(self, relay: Sink) -> tuple[Look, dict[str, str]]:
        archive, new = self.folder / "desk.tar", self.folder / "new"
        _say("verify of the backup", casebot("verify", str(archive)))
        place = ("--store", self.empty) if self.empty else ()
        _say("restore", casebot("restore", str(archive), "--to", str(new), *place))
        house = House(new, url=self.empty, relay=relay.port, staff=1)
        command = ("--config", str(house.config))
        _say("verify of what was restored", casebot(*command, "verify"))
        look = Look(house.url)
        house.start()
        time.sleep(HELD)
        (rows,) = look.rows("SELECT message_id, outcome FROM outgoing WHERE due_at IS NOT NULL")
        waiting = {row.message_id: row.outcome for row in rows}
        if relay.taken:
            raise RuntimeError(f"a held desk has sent {len(relay.taken)} mails")
        _say("release", casebot(*command, "release", "--all").text.splitlines()[0])
        house.wait(seconds=60)
        deadline = time.monotonic() + DRAINED
        while look.waiting() and time.monotonic() < deadline:
            time.sleep(0.2)
        _say("verify once all was worked off", casebot(*command, "verify"))
        house.stop()
        return look, waiting


def lost(senders: SteadySenders, made_at: datetime, look: Look) -> list[str]:
    """What was acknowledged before the backup's moment and is not there, or not there as a whole."""
    entries, cases, inbox, confirmed = look.rows(
        "SELECT message_id FROM entry",
        "SELECT subject FROM support_case",
        "SELECT key, outcome FROM inbox WHERE outcome <> 'done'",
        "SELECT case_id, count(*) AS count FROM outgoing WHERE notice = 'confirmation' GROUP BY case_id",
    )
    there = Counter(row.message_id for row in entries)
    opened = Counter(row.subject.rpartition(" ")[2] for row in cases)
    promised = [mail for mail in senders.answered if mail.answered <= made_at.timestamp()]
    ours = [mail for mail in senders.answered if there[mail.message_id]]
    _say("answered 250 before the backup's moment", f"{len(promised)} mails; in the backup: {len(ours)}")
    return [
        *(f"lost: {mail.message_id}" for mail in promised if not there[mail.message_id]),
        *(
            f"{there[mail.message_id]} entries of {mail.message_id}"
            for mail in ours
            if there[mail.message_id] > 1
        ),
        *(f"{opened[mail.marker]} cases of {mail.marker}" for mail in ours if opened[mail.marker] != 1),
        *(f"{row.key} is {row.outcome}" for row in inbox),
        *(f"{row.count} confirmations of case {row.case_id}" for row in confirmed if row.count != 1),
        *(["cases without a confirmation"] if len(confirmed) != len(ours) else []),
    ]


def sent_wrongly(look: Look, relay: Sink, *, waiting: dict[str, str], before: set[str]) -> list[str]:
    """What the restored desk sent that was not due, did not send, or sent twice."""
    (rows,) = look.rows("SELECT message_id, outcome FROM outgoing")
    outcomes = {row.message_id: row.outcome for row in rows}
    taken = Counter(message.message_id for message in relay.taken)
    both = len(before & set(taken))
    _say(
        "sent after the release", f"{len(taken)} mails; of them {both} that the old desk had sent since, too"
    )
    due = {each for each in waiting if outcomes[each] != "gathered"}
    return [
        *(f"sent {count} times: {each}" for each, count in taken.items() if count > 1),
        *(f"due, and not sent: {each}" for each in due if not taken[each]),
        *(f"sent, and not of its outbox: {each}" for each in taken if each not in outcomes),
        *(
            f"{each} is {outcome}"
            for each, outcome in outcomes.items()
            if outcome not in ("sent", "gathered")
        ),
    ]


def _say(what: str, value: object) -> None:
    sys.stdout.write(f"{what}: {value}\n")
    sys.stdout.flush()


def main() -> int:
    """``python -m bench.proof.backup [--cases 10000] [--files 1000] [--rate 20] [--store …]``"""
    parser = argparse.ArgumentParser(prog="bench.proof.backup", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=1000, help="of 100 kB each")
    parser.add_argument("--rate", type=float, default=20, help="mails a second")
    parser.add_argument("--seconds", type=float, default=5, help="of load before the backup, and after")
    parser.add_argument("--store", choices=KINDS, default="sqlite")
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        for each in ("old", "db", "other"):
            (folder / each).mkdir()
        with fresh(asked.store, folder / "db") as url, fresh(asked.store, folder / "other") as other:
            broken = (
                BackupTrial(asked, folder, f"sqlite:///{folder}/old/casebot.db", "")
                if asked.store == "sqlite"
                else BackupTrial(asked, folder, url, other)
            ).run()
    for sentence in broken:
        _say("broken", sentence)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
