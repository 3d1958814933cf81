"""Runs casebot with a fault: the Nth operation of a kind fails, or the process ends there."""

from __future__ import annotations

import ctypes
import errno
import io
import mmap
import os
import runpy
import signal
import smtplib
import sqlite3
import sys
import threading
import time
from asyncio import selector_events
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from typing import Any

KINDS = ("commit", "committed", "write", "fsync", "send", "response", "serve")
"""``committed`` is just after a commit, ``response`` just after one of the relay or Slack, and ``serve`` just before
one of casebot's own."""
HOWS = ("kill", "fails", "locked", "full", "broken")
SQLITE = {
    "locked": ("database is locked", sqlite3.SQLITE_BUSY),
    "full": ("database or disk is full", sqlite3.SQLITE_FULL),
    "broken": ("disk I/O error", sqlite3.SQLITE_IOERR_WRITE),
}
"""How a commit fails on SQLite. On PostgreSQL it just ``fails``: the connection is lost."""
SECOND = timedelta(seconds=1)
WAITS = (
    ("store.engine.lease", "LEASE", 5 * SECOND),  # first: other modules import it by name
    ("bot.notify.boards", "CARD_INTERVAL", 0.3 * SECOND),
    ("bot.workers.failing", "FIRST_WAIT", SECOND),
    ("bot.workers.courier", "STORE_AWAY", SECOND),
    ("bot.workers.scheduler", "REST", 1.0),
    ("bot.workers.upkeep", "REST", 1.0),
    ("channels.email.outbound.smtp_relay", "UNREACHABLE_PAUSE", 1.0),
    ("channels.slack.workspace.web_api", "SOON", 0.5),
    ("channels.slack.workspace.web_api", "LATER", 1.0),
)
"""Waits of casebot that are shortened, so that it recovers in a second instead of a minute."""


class Control(ctypes.Structure):
    """The fault and the counts, in a file that two processes map: they survive a SIGKILL."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("kind", "number", "how", "starts", "ends", "code")),
        ("fired", ctypes.c_double),
        ("counts", ctypes.c_int * len(KINDS)),
    )

    def arm(self, how: str = "kill", kind: str = "commit", number: int = 0) -> None:
        """Count from zero, and inject a fault at the Nth operation of a kind; none if it is zero."""
        self.number, self.fired, self.counts = 0, 0.0, (ctypes.c_int * len(KINDS))()
        self.how, self.kind, self.number = HOWS.index(how), KINDS.index(kind), number

    @classmethod
    def mapped(cls, folder: Path) -> Control:
        """Return the control in a folder."""
        with (folder / "control").open("a+b") as file:
            file.truncate(ctypes.sizeof(cls))
            return cls.from_buffer(mmap.mmap(file.fileno(), 0))


class Injector:
    """Makes operations of this process fail."""

    def __init__(self, control: Control) -> None:
        self._control, self._lock = control, threading.Lock()
        self._changes: dict[int, int] = {}
        """Rows that each connection to SQLite had changed at its last commit."""

    def fault(self, kind: str) -> str:
        """Count an operation; return how it fails, or an empty string. A kill does not return."""
        place, control = KINDS.index(kind), self._control
        with self._lock:
            control.counts[place] += 1
            if (control.kind, control.number) != (place, control.counts[place]):
                return ""
            control.fired = time.time()
        if HOWS[control.how] == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        return HOWS[control.how]

    def wrap(
        self,
        kind: str,
        owner: Any,
        name: str,
        fail: Callable[..., BaseException | None],
        *,
        after: bool = False,
    ) -> None:
        """Replace a function: a fault before or after it raises what ``fail`` returns for its arguments."""
        call = getattr(owner, name)

        def wrapped(*arguments: Any, **named: Any) -> Any:
            result = call(*arguments, **named) if after else None
            if self.fault(kind):
                if error := fail(*arguments):
                    raise error
                return None
            return result if after else call(*arguments, **named)

        setattr(owner, name, wrapped)

    def install(self) -> None:
        """Replace the functions by which casebot commits, writes files, and talks to others."""
        from slack_sdk.socket_mode.builtin.connection import Connection
        from sqlalchemy.engine.default import DefaultDialect

        written, plain = type("Written", (io.FileIO,), {}), os.fdopen
        io.FileIO = written  # type: ignore[assignment,misc]

        def fdopen(file: int, mode: str = "r", *more: Any, **named: Any) -> Any:
            return (
                io.BufferedWriter(written(file, mode)) if mode == "wb" else plain(file, mode, *more, **named)
            )

        os.fdopen = fdopen  # type: ignore[assignment]
        for owner, name in ((written, "write"), (os, "rename"), (os, "replace"), (os, "link")):
            self.wrap("write", owner, name, lambda *_: OSError(errno.ENOSPC, "no space"))
        self.wrap("fsync", os, "fsync", lambda *_: OSError(errno.EIO, "input/output error"))
        self.wrap("send", smtplib.SMTP, "send", _hang_up)
        self.wrap("send", HTTPConnection, "endheaders", _hang_up)
        self.wrap("response", smtplib.SMTP, "getreply", _hang_up, after=True)
        self.wrap("response", HTTPConnection, "getresponse", _hang_up, after=True)
        self.wrap("serve", Connection, "send", ConnectionResetError)
        transport = selector_events._SelectorSocketTransport  # type: ignore[attr-defined]
        self.wrap("serve", transport, "write", lambda line, _: line.abort())
        DefaultDialect.do_commit = lambda _, pooled: self._commit(pooled.driver_connection)  # type: ignore[method-assign]

    def _commit(self, connection: Any) -> None:
        writes = self._has_written(connection)
        if writes and (how := self.fault("commit")):
            raise _commit_error(connection, how)
        connection.commit()
        if writes and (how := self.fault("committed")):
            raise _commit_error(connection, how)

    def _has_written(self, connection: Any) -> bool:
        """Return whether a transaction has changed anything: an idle casebot commits every second."""
        if not isinstance(connection, sqlite3.Connection):
            return bool(connection.execute("SELECT pg_current_xact_id_if_assigned()").fetchone()[0])
        before = self._changes.get(id(connection), 0)
        self._changes[id(connection)] = connection.total_changes
        return before != connection.total_changes


def _hang_up(client: smtplib.SMTP | HTTPConnection, *_: object) -> Exception:
    """Close a connection; return what its client raises when a server has reset it."""
    client.close()
    if isinstance(client, smtplib.SMTP):
        return smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
    return ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")


def _commit_error(connection: Any, how: str) -> Exception:
    """Return the driver's error for a commit that fails."""
    if isinstance(connection, sqlite3.Connection):
        text, code = SQLITE.get(how, SQLITE["locked"])
        error = sqlite3.OperationalError(text)
        error.sqlite_errorcode = code
        return error
    import psycopg

    connection.close()
    return psycopg.OperationalError("server closed the connection unexpectedly")


def main() -> None:
    """Run casebot in a fork, which starts in no time, and again whenever the control asks for it."""
    control = Control.mapped(Path.cwd())
    Injector(control).install()
    for module, name, value in WAITS:
        setattr(import_module(module), name, value)
    import_module("bot.channel.installed").installed()
    import_module("bot.app")
    set_process_option = ctypes.CDLL(None).prctl
    set_process_option(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: it ends with its parent
    while True:
        while control.starts <= control.ends:
            time.sleep(0.01)
        if not os.fork():
            set_process_option(1, signal.SIGKILL)
            sys.argv = ["casebot", "run"]
            runpy.run_module("bot.cli", run_name="__main__", alter_sys=True)
            return
        control.code = os.waitstatus_to_exitcode(os.wait()[1])
        control.ends += 1


if __name__ == "__main__":
    main()
