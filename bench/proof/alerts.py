"""Every alert at a real desk: its fault is caused, Prometheus fires, it is mended, silence returns."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.support.mails import new
from bench.support.prometheus import RULES, Prometheus, prometheus
from bench.support.watched_desk import MIN_FREE, WatchedDesk

BOARD = Path(__file__).parents[2] / "deploy/grafana/casebot.json"
PATIENCE = 200.0
"""Seconds in which an alert has to fire, or to be silent again."""
SCALED = (
    (r"for: \S+", "for: 2s"),
    (r"> 300", "> 4"),
    (r"> 900", "> 4"),
    (r"> 3600", "> 4"),
    (r"> 7800", "> 130"),
    (r"\[1h\]|\[10m\]", "[20s]"),
    (r"\[6h\], 4 \* 86400", "[20s], 120"),
)
"""Hours of the shipped alerts, as seconds of a trial."""
POISON = "ALTER TABLE support_case ADD CONSTRAINT poison CHECK (subject NOT LIKE '%poison%') NOT VALID"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong, which of the alerts say so, and how it is caused and mended."""

    name: str
    alerts: tuple[str, ...]
    caused: Callable[[WatchedDesk], Iterator[None]]
    """A generator: causes it, yields, and mends it."""
    needs_disk: bool = False


def process_gone(desk: WatchedDesk) -> Iterator[None]:
    """The second process is stopped."""
    desk.second.stop()
    yield
    desk.second.open(seconds=120)


def database_gone(desk: WatchedDesk) -> Iterator[None]:
    """PostgreSQL is stopped."""
    desk.database.stop()
    yield
    desk.database.ensure_postgres_running()


def disk_full(desk: WatchedDesk) -> Iterator[None]:
    """The disk of the file store has less room than ``min_free``."""
    with _filling(desk, pause=0):
        desk.send(new("at-a-full-disk", random.Random(1), sender="ana@acme.example"))
        yield


def disk_fills(desk: WatchedDesk) -> Iterator[None]:
    """It fills, and is far from full."""
    with _filling(desk, pause=1.0):
        yield


@contextmanager
def _filling(desk: WatchedDesk, *, pause: float) -> Iterator[None]:
    file, over = desk.disk / "other.log", threading.Event()

    def fill() -> None:
        with file.open("wb") as writing:
            while not over.is_set() and desk.disk.stat() and _free(desk) > MIN_FREE * (1.5 if pause else 0.5):
                writing.write(bytes(1_000_000))
                writing.flush()
                over.wait(pause)

    thread = threading.Thread(target=fill)
    thread.start()
    if not pause:
        thread.join()
    yield
    over.set()
    thread.join()
    file.unlink()


def _free(desk: WatchedDesk) -> int:
    about = os.statvfs(desk.disk)
    return about.f_bavail * about.f_frsize


def poisoned(desk: WatchedDesk) -> Iterator[None]:
    """A mail that the desk cannot handle: it waits, is tried again, and is put aside in the end."""
    _sql(desk, POISON)
    desk.send(new("poison", random.Random(2), sender="ana@acme.example"))
    yield
    _sql(desk, "ALTER TABLE support_case DROP CONSTRAINT IF EXISTS poison")


def relay_gone(desk: WatchedDesk) -> Iterator[None]:
    """Nobody takes our mail."""
    desk.close_relay()
    yield
    desk.open_relay()


def relay_refuses(desk: WatchedDesk) -> Iterator[None]:
    """The relay refuses every recipient for good."""
    desk.relay.script.always["RCPT"] = "550 5.1.1 No such user"
    yield
    desk.relay.script.always.pop("RCPT")


def mailbox_gone(desk: WatchedDesk) -> Iterator[None]:
    """Dovecot is stopped: nothing is fetched, and no canary comes back."""
    desk.dovecot.stop()
    yield
    desk.dovecot.start()


def slack_gone(desk: WatchedDesk) -> Iterator[None]:
    """Slack takes no connection, and has closed those that stood."""
    desk.slack.refuse(3600)
    desk.slack.cut()
    yield
    desk.slack.refuse(0)


def token_revoked(desk: WatchedDesk) -> Iterator[None]:
    """The app's token is revoked: its connection stands, and nothing can be said."""
    desk.slack.people.admin.revoke()
    yield
    desk.slack.people.admin.install()


def target_missed(desk: WatchedDesk) -> Iterator[None]:
    """A Blocker is not answered within its minute."""
    words = desk.casebot("case", "new", "Blocker", "It is down", "--as", "ana@acme.example", "--json")
    number = json.loads(words)["case"]
    yield
    desk.casebot("case", "reply", number, "We are on it.", "--as", "sam@desk.example")


def concern_raised(desk: WatchedDesk) -> Iterator[None]:
    """A customer is unhappy, and nobody takes it."""
    words = desk.casebot("case", "new", "Reports", "--as", "ana@acme.example", "--json")
    number = json.loads(words)["case"]
    desk.casebot("case", "concern", number, "Nobody answers me.", "--as", "ana@acme.example")
    yield
    desk.casebot("case", "acknowledge", number, "--as", "sam@desk.example")


def stranger_held(desk: WatchedDesk) -> Iterator[None]:
    """A mail that nothing proves."""
    mail = b"From: eve@nowhere.example\r\nTo: support@example.com\r\nMessage-ID: <eve@nowhere.example>\r\n"
    desk.dovecot.deliver(mail + b"Subject: Please look\r\n\r\nHello.\r\n")
    yield
    for case in json.loads(desk.casebot("case", "list", "--held", "--json")):
        desk.casebot("case", "spam", str(case["number"]))


def older_process(desk: WatchedDesk) -> Iterator[None]:
    """One of two processes was not updated."""
    desk.second.stop()
    desk.second.start(environment=desk.older())
    desk.second.wait(seconds=120)
    yield
    desk.second.stop()
    desk.second.open(seconds=120)


def desk_held(desk: WatchedDesk) -> Iterator[None]:
    """It was restored from a backup, and nobody has released it: its timers come due and are not done."""
    desk.casebot("case", "new", "Blocker", "Nothing at all", "--as", "ana@acme.example")
    for house in (desk.first, desk.second):
        house.stop()
    archive, folder = desk.folder / "desk.tar", desk.folder / "restored"
    desk.casebot("backup", str(archive))
    _sql(desk, "CREATE DATABASE restored")
    url = desk.database.get_uri("restored")
    desk.casebot("restore", str(archive), "--to", str(folder), "--store", url)
    for house in (desk.first, desk.second):
        text = house.config.read_text()
        house.config.write_text(text.replace(desk.database.get_uri("postgres"), url))
        house.start()
    yield
    desk.casebot("release", "--all")


FAULTS = (
    Fault("a process is stopped", ("CasebotDown",), process_gone),
    Fault("PostgreSQL is stopped", ("CasebotStoreDown",), database_gone),
    Fault("the disk is full", ("CasebotDiskNearlyFull", "CasebotMailRefused"), disk_full, needs_disk=True),
    Fault("the disk fills", ("CasebotDiskFills",), disk_fills, needs_disk=True),
    Fault("a mail that breaks the desk", ("CasebotMailWaits", "CasebotMailUnreadable"), poisoned),
    Fault("the relay is stopped", ("CasebotNoticesWait",), relay_gone),
    Fault("the relay refuses for good", ("CasebotDeliveriesGivenUp",), relay_refuses),
    Fault("Dovecot is stopped", ("CasebotMailboxDisconnected", "CasebotCanaryMissing"), mailbox_gone),
    Fault("Slack is out of reach", ("CasebotChannelDisconnected",), slack_gone),
    Fault("Slack's token is revoked", ("CasebotFault", "CasebotNoticesWait"), token_revoked),
    Fault("a target passes", ("CasebotTargetMissed",), target_missed),
    Fault("a concern is taken by nobody", ("CasebotConcernUntaken",), concern_raised),
    Fault("a stranger writes", ("CasebotHeldCasesWait",), stranger_held),
    Fault("one process is older", ("CasebotVersionsDiffer",), older_process),
    Fault("a restored desk is not released", ("CasebotTimersLate",), desk_held),
)


def _sql(desk: WatchedDesk, statement: str) -> None:
    with psycopg.connect(desk.database.get_uri("postgres"), autocommit=True) as connection:
        connection.execute(statement)


class Trial:
    """One fault after the other; a row of the table for each."""

    def __init__(self, desk: WatchedDesk, seen: Prometheus) -> None:
        self._desk, self._seen = desk, seen
        self.failed: list[str] = []

    def run(self, fault: Fault) -> None:
        """Cause it, wait until it is told, mend it, wait until it is silent again."""
        self._wait(lambda: not self._seen.alerts() & set(fault.alerts), {}, time.monotonic(), set())
        also: set[str] = set()
        fired, silent = dict[str, float](), dict[str, float]()
        with contextmanager(fault.caused)(self._desk):
            began = time.monotonic()
            self._wait(lambda: all(name in fired for name in fault.alerts), fired, began, also)
        mended = time.monotonic()
        self._wait(lambda: self._note_silent(fault, silent, mended), {}, mended, also)
        for name in fault.alerts:
            others = ", ".join(sorted(also - set(fault.alerts)))
            row = f"{fault.name} | {name} | {_after(fired, name)} | {_after(silent, name)} | {others}"
            sys.stdout.write(row + "\n")
            sys.stdout.flush()
            if name not in fired or name not in silent:
                self.failed.append(f"{name}: {'did not fire' if name not in fired else 'did not end'}")

    def _wait(self, over: Callable[[], bool], fired: dict[str, float], began: float, also: set[str]) -> None:
        while time.monotonic() - began < PATIENCE:
            alerts = self._seen.alerts()
            also |= alerts
            for name in alerts:
                fired.setdefault(name, time.monotonic() - began)
            if over():
                return
            time.sleep(0.5)

    def _note_silent(self, fault: Fault, silent: dict[str, float], mended: float) -> bool:
        alerts = self._seen.alerts()
        for name in fault.alerts:
            if name not in alerts:
                silent.setdefault(name, time.monotonic() - mended)
        return not alerts & set(fault.alerts)


def _after(moments: dict[str, float], name: str) -> str:
    return f"{moments[name]:.0f} s" if name in moments else "NO"


def panels(seen: Prometheus, *, start: float, end: float) -> list[dict[str, Any]]:
    """What the shipped board would be answered, panel by panel."""
    board = json.loads(BOARD.read_text(encoding="utf-8"))
    drawn = []
    for panel in board["panels"]:
        answers = []
        for target in panel.get("targets", ()):
            expr = target["expr"].replace("$job", "casebot").replace("$__rate_interval", "15s")
            series = seen.series(expr, start=start, end=end, step=max((end - start) / 300, 1))
            answers.append(
                {"expr": target["expr"], "legend": target.get("legendFormat", ""), "series": series}
            )
        drawn.append({**panel, "answers": answers})
    return drawn


def main() -> int:
    """``python -m bench.proof.alerts [--only WORD] [--board FILE]``; exit code 1: one did not fire or end."""
    parser = argparse.ArgumentParser(prog="bench.proof.alerts", description=__doc__)
    parser.add_argument("--only", default="", help="faults and alerts with this word")
    parser.add_argument("--board", type=Path, help="where the board's answers are written, as JSON")
    asked = parser.parse_args()
    named = {alert for fault in FAULTS for alert in fault.alerts}
    shipped = set(re.findall(r"alert: (\w+)", RULES.read_text(encoding="utf-8")))
    assert named == shipped, named ^ shipped
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        rules = RULES.read_text(encoding="utf-8")
        for pattern, scaled in SCALED:
            rules = re.sub(pattern, scaled, rules)
        (folder / "alerts.yml").write_text(rules)
        began = time.time()
        with (
            WatchedDesk(folder) as desk,
            prometheus(desk.monitors, folder, rules=folder / "alerts.yml") as seen,
        ):
            failed = _tried(asked, desk, seen)
            if asked.board:
                asked.board.write_text(json.dumps(panels(seen, start=began, end=time.time())))
    for sentence in failed:
        sys.stdout.write(f"failed: {sentence}\n")
    return 1 if failed else 0


def _tried(asked: argparse.Namespace, desk: WatchedDesk, seen: Prometheus) -> list[str]:
    trial = Trial(desk, seen)
    time.sleep(15)
    if alerts := seen.alerts():
        trial.failed.append(f"a desk that is well has {', '.join(sorted(alerts))}")
    sys.stdout.write("fault | alert | fired after | silent after | also fired\n")
    for fault in FAULTS:
        if asked.only.lower() not in f"{fault.name} {' '.join(fault.alerts)}".lower():
            continue
        if fault.needs_disk and not desk.small_disk:
            sys.stdout.write(f"{fault.name} | not tried: mounting a small disk needs root\n")
            continue
        trial.run(fault)
    return trial.failed


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
