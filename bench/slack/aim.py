"""Aiming: a house is stopped in the moment in which something has just been done, before it can say or note so."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg

from bench.slack.house import SlackHouse
from rehearsal.slack.workspace.transcript import Transcript

PILE = 0.4
"""Seconds in which the store is busy before: what people do meanwhile is kept in one transaction."""
PATIENCE = 2.0
"""Seconds that a moment is waited for."""
NEWEST = {
    "inbox": "SELECT max(id) FROM inbox WHERE source = 'slack'",
    "outgoing": "SELECT max(id) FROM outgoing WHERE channel = 'slack'",
}


@dataclass(frozen=True, slots=True)
class Aim:
    """Three moments to stop a house in; if one does not come, the house lives on until it is killed."""

    house: SlackHouse
    transcript: Transcript

    def after_keep(self) -> None:
        """Something has become durable, and Slack waits for its ack."""
        with _busy(self.house.url) as release:
            time.sleep(PILE)
            with self._marksman("inbox", times=2):  # the first transaction holds what came before the others
                release()

    def after_effect(self) -> None:
        """Something has happened, and must be told in Slack."""
        with self._marksman("outgoing", times=1):
            pass

    def after_post(self) -> None:
        """Slack has taken a message."""
        began, deadline = self.transcript.entries()[-1]["seq"], time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            calls = self.transcript.entries("call", since=began)
            if any(call["method"] == "chat.postMessage" for call in calls):
                self.house.freeze()
                return

    @contextmanager
    def _marksman(self, table: str, *, times: int) -> Iterator[None]:
        """In a process of its own, which waits for nobody here; when it has gone, the house stands still."""
        assert self.house.process is not None
        told = [self.house.url, table, str(times), str(self.house.process.pid)]
        with subprocess.Popen(
            [sys.executable, "-m", "bench.slack.aim", *told], stdout=subprocess.PIPE
        ) as one:
            assert one.stdout is not None
            one.stdout.readline()
            yield


@contextmanager
def _busy(url: str) -> Iterator[Callable[[], None]]:
    """Holds the store's pen, as another process may; the house's writer waits, readers do not."""
    if url.startswith("sqlite"):
        lite = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
        with closing(lite):
            lite.execute("BEGIN IMMEDIATE")
            yield lite.rollback
        return
    with psycopg.connect(url) as post:
        post.execute("LOCK TABLE inbox IN SHARE MODE")
        yield post.rollback


def _watch(url: str, query: str) -> Callable[[], object]:
    """Looks by a connection of its own, as fast as the store answers."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        lite = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
        return lambda: lite.execute(query).fetchone()
    post = psycopg.connect(url, autocommit=True)
    return lambda: post.execute(query).fetchone()


def main(url: str, table: str, times: int, group: int) -> None:
    """``python -m bench.slack.aim``: say when it looks, and stop a process group.

    It is stopped when a table has grown so often.
    """
    look = _watch(url, NEWEST[table])
    seen, deadline = look(), time.monotonic() + PATIENCE
    print("ready", flush=True)
    while times and time.monotonic() < deadline:
        if (now := look()) != seen:
            seen, times = now, times - 1
    if not times:
        os.killpg(group, signal.SIGSTOP)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
