"""A casebot that can be made to fail, with its relay, its Slack workspace and its store."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from smtplib import SMTPException

from sqlalchemy import NullPool, create_engine, text

from bench.crash.injector import Control
from bench.rows.seen import until
from bench.slack.board import Board
from bench.slack.house import SlackHouse, workspace
from bench.support import databases
from bench.support.databases import Look
from bench.support.house import wait_for_port
from bot.channel.installed import sections
from bot.config.load import load
from rehearsal.slack.server import Server
from store.backup.verify import of_store
from tests.support.mail.sink import Sink

MORE = "[survey]\ndelay_days = 0\n"
PATIENCE = 60.0
"""Seconds in which servers and people try again, and casebot comes to rest."""
LEASED = {"inbox": "received_at", "outgoing": "created_at", "timer": "at"}
"""Tables with leases, and the column from which a row was due before."""


def retry_until(done: Callable[[], bool]) -> None:
    """Try again for 60 s until it is done; otherwise raise ``TimeoutError``."""

    def tried() -> bool:
        try:
            return done()
        except (OSError, HTTPException, SMTPException):
            time.sleep(0.1)
            return False

    if not until(tried, seconds=PATIENCE):
        raise TimeoutError("something did not happen although it was tried again and again")


class Desk(SlackHouse):
    """A desk whose processes are forks of one injector."""

    def __init__(self, folder: Path, url: str, sink: Sink, server: Server) -> None:
        self.sink, self.server, self.look, self.board = sink, server, Look(url), Board(server.workspace)
        path = {"PYTHONPATH": str(Path(__file__).parents[2])}
        super().__init__(
            folder, server, url=url, relay=sink.port, mode="socket", specialists=("sam",), more=MORE, environment=path
        )  # fmt: skip
        self.control = Control.mapped(folder)
        driver = url.replace("postgresql://", "postgresql+psycopg://")
        self._engine = create_engine(driver, poolclass=NullPool)

    def begin(self) -> None:
        """Start the injector and casebot."""
        self.control.starts = 1
        self.start(("-m", "bench.crash.injector"))
        self.wait()

    def wait(self, *, seconds: float = 60) -> None:
        """Return once SMTP, Slack and the pages are answered."""
        super().wait(seconds=seconds)
        assert self.process
        wait_for_port(self.web, self.process)

    def restart(self) -> None:
        """Start casebot again, and let the leases of the ended process expire without waiting."""
        retry_until(lambda: not self.look.others())  # PostgreSQL rolls back what the process had begun
        leased = self.look.rows(
            *(f"SELECT id, fence FROM {table} WHERE due_at IS NOT NULL" for table in LEASED)
        )
        self.control.starts += 1
        self.wait()
        with self._engine.begin() as connection:
            for (table, column), rows in zip(LEASED.items(), leased, strict=True):
                same = "id = :id AND fence = :fence AND due_at IS NOT NULL"
                for row in rows:
                    expire = text(f"UPDATE {table} SET due_at = {column} WHERE {same}")
                    connection.execute(expire, row._asdict())

    def make_due(self, case: int) -> None:
        """Make the timers of a case due now."""
        at = f"(SELECT updated_at FROM support_case WHERE id = {case})"
        with self._engine.begin() as connection:
            waiting = f"case_id = {case} AND due_at IS NOT NULL"
            connection.execute(text(f"UPDATE timer SET at = {at}, due_at = {at} WHERE {waiting}"))

    def waiting(self) -> int:
        """Return the number of messages, deliveries and due timers that are not settled."""
        due = "SELECT count(*) FROM timer WHERE due_at IS NOT NULL AND at <= CURRENT_TIMESTAMP"
        return self.look.waiting() + int(self.look.rows(due)[0][0][0])

    def find_damage(self) -> Iterator[str]:
        """Return what was given up, and what ``casebot verify`` finds."""
        for table, outcome in (("inbox", "shunted"), ("outgoing", "dead")):
            [rows] = self.look.rows(f"SELECT id FROM {table} WHERE outcome = '{outcome}'")
            yield from (f"given up: row {row.id} of {table}" for row in rows)
        findings = of_store(self.url, load(self.config, sections()).store.opened_files())
        yield from (finding.text for finding in findings if not finding.ok)


@contextmanager
def opened(store: str) -> Iterator[Desk]:
    """Open a desk on a new store; it is not started yet."""
    with (
        tempfile.TemporaryDirectory(prefix="casebot-crash-") as name,
        databases.fresh(store, Path(name)) as url,
        Sink() as sink,
        workspace(retry_scale=0.01) as server,
    ):
        desk = Desk(Path(name) / "house", url, sink, server)
        try:
            yield desk
        finally:
            desk.kill()
