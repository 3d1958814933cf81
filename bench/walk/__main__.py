"""The path of one mail and of one Slack reply through the code: files, functions, calls, and statements."""

from __future__ import annotations

import argparse
import json
import os
import signal
import smtplib
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bench.slack.house import SlackHouse, workspace
from bench.support.mails import DESK
from bench.walk import recorder
from tests.support.mail.sink import Sink

ROOT = Path(__file__).parents[2]
ROUNDS, WINDOW = 5, 6.0
"""How often each message is followed, and the seconds for which each time is recorded."""


@dataclass(frozen=True)
class Walk:
    """What one message passes in one process, without what an idle casebot does in the same time."""

    calls: dict[str, int]
    entries: dict[str, int]
    statements: dict[str, int]

    def figures(self) -> dict[str, int]:
        """Return the numbers that the budget limits."""
        begun = sum(count for word, count in self.statements.items() if word == "BEGIN")
        work = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
        return {
            "files": len({name.partition(":")[0] for name in self.calls}),
            "functions": len(self.calls),
            "changes of file": sum(self.entries.values()),
            "calls": sum(self.calls.values()),
            "transactions": begun,
            "statements": sum(self.statements.get(word, 0) for word in work),
            "SELECT": self.statements.get("SELECT", 0),
        }


def _least(records: list[dict[str, dict[str, int]]], idle: dict[str, dict[str, int]]) -> Walk:
    """Return the least count of each name over all rounds, without those of an idle window."""
    counted = {
        kind: {
            name: count
            for name in records[0][kind]
            if (count := min(record[kind].get(name, 0) for record in records) - idle[kind].get(name, 0)) > 0
        }
        for kind in ("calls", "entries", "statements")
    }
    return Walk(**counted)


class Traced:
    """A casebot with Slack and a relay whose processes are traced."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("parent", "child"):
            os.mkfifo(folder / name)
        self._pipes = {name: os.open(folder / name, os.O_RDWR) for name in ("parent", "child")}

    def record(self, house: Any, act: Callable[[], None]) -> dict[str, dict[str, dict[str, int]]]:
        """Return what each process did in one window that begins with ``act``."""
        parent, *children = house.processes()
        child = next(each for each in children if recorder.__file__ in each.cmdline())
        for process in (parent, child):
            process.send_signal(signal.SIGUSR1)
        time.sleep(0.1)
        end = time.monotonic() + WINDOW
        act()
        time.sleep(max(end - time.monotonic(), 0))
        records = {}
        for name, process in (("parent", parent), ("child", child)):
            process.send_signal(signal.SIGUSR2)
            records[name] = json.loads(self._line(name))
        return records

    def _line(self, name: str) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            line += os.read(self._pipes[name], 1 << 16)
        return line


class Desk:
    """A customer who writes, and a specialist who replies in the thread of the newest card."""

    def __init__(self, house: Any, server: Any, sink: Any) -> None:
        self._house, self._server, self._sink = house, server, sink
        self._cards: list[str] = []

    def mail(self) -> None:
        """Send a mail; return once its confirmation and its card have arrived."""
        number = len(self._cards) + 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "Ana <ana@acme.example>", DESK, f"No delivery {number}"
        mail["Message-ID"] = f"<walk-{number}@acme.example>"
        mail.set_content("Hello,\n\nnothing has arrived since noon. Can you have a look?\n\nAna\n")
        taken = len(self._sink.taken)
        with smtplib.SMTP("127.0.0.1", self._house.port) as client:
            client.send_message(mail)
        _wait(lambda: len(self._sink.taken) > taken and len(self._roots()) > len(self._cards))
        self._cards = self._roots()

    def reply(self) -> None:
        """Reply in the newest thread; return once the customer's mail has left."""
        taken = len(self._sink.taken)
        text = "!reply It works again, please try."
        self._server.people.post("sam", "triage", text, thread_ts=self._cards[-1])
        _wait(lambda: len(self._sink.taken) > taken)

    def _roots(self) -> list[str]:
        with self._server.workspace.lock:
            posted = self._server.workspace.channel("triage").messages.values()
            return [message.ts for message in posted if not message.is_reply]


def _wait(done: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("a message did not arrive")
        time.sleep(0.01)


def walk(folder: Path) -> dict[str, Walk]:
    """Return the path of a mail and of a reply through each process, by names such as ``mail, parent``."""
    with Sink() as sink, workspace() as server:
        house = SlackHouse(
            folder / "house", server, relay=sink.port, mode="socket", environment={"PYTHONPATH": str(ROOT)}
        )
        traced, desk = Traced(folder), Desk(house, server, sink)
        try:
            house.start((recorder.__file__, str(folder), "run"))
            house.wait()
            for _ in range(ROUNDS):  # templates are compiled and caches filled
                desk.mail()
                desk.reply()
            house.rest()
            idle = traced.record(house, lambda: None)
            acts = {"mail": desk.mail, "reply": desk.reply}
            records = {name: [traced.record(house, act) for _ in range(ROUNDS)] for name, act in acts.items()}
        finally:
            house.kill()
    return {
        f"{name}, {process}": _least([each[process] for each in rounds], idle[process])
        for name, rounds in records.items()
        for process in ("parent", "child")
    }


def main() -> int:
    """``python -m bench.walk``: print the numbers, and with ``--names`` each function that is passed."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="casebot-walk-") as folder:
        walks = walk(Path(folder))
    for name, each in walks.items():
        print(f"{name:<16}" + ", ".join(f"{count} {what}" for what, count in each.figures().items()))
        for function, count in sorted(each.calls.items()) if options.names else ():
            print(f"  {count:6} {function}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.walk", description=__doc__)
    parser.add_argument(
        "--names", action="store_true", help="print each function, and how often it is called"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
