"""The faults of the day: refused and lost calls, an outage of Slack, and kills of casebot."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import suppress

from bench.slack.day_people import Town
from bench.slack.house import SlackHouse

EVERY = (8.0, 20.0)
"""Seconds between two faults."""
METHODS = (
    "chat.postMessage",
    "chat.update",
    "reactions.add",
    "conversations.replies",
    "users.info",
    "files.completeUploadExternal",
    "views.publish",
)


class Faults(threading.Thread):
    """Causes a fault every few seconds, one outage of Slack, and kills at given moments."""

    def __init__(self, town: Town, house: SlackHouse, *, seed: int, kills: list[float]) -> None:
        """``kills``: seconds after the start."""
        super().__init__(daemon=True)
        self._town, self._house = town, house
        self._workspace = town.server.workspace
        self._dice = random.Random(f"{seed} faults")
        self._kills = sorted(kills)
        self.caused: Counter[str] = Counter()
        self.outages: list[tuple[float, float]] = []
        """Begin and end of each time in which casebot or Slack was away, in seconds since 1970."""
        self.ended: list[str] = []
        """The last lines of the log each time the process ended by itself."""
        self.back = 0.0
        """Seconds after Slack's outage until the app was connected again."""
        self.over = threading.Event()
        self._lock = threading.Lock()

    def run(self) -> None:
        """Cause faults until ``over``."""
        began = time.monotonic()
        following = began + self._dice.uniform(*EVERY)
        while not self.over.wait(0.5):
            self.look()
            if self._kills and time.monotonic() - began > self._kills[0]:
                self._kills.pop(0)
                self._kill()
            elif time.monotonic() > following:
                self._cause()
                following = time.monotonic() + self._dice.uniform(*EVERY)

    def look(self) -> None:
        """Start the process again if it ended by itself."""
        with self._lock:
            process = self._house.process
            if process is None or process.poll() is None:
                return
            self.ended.append(self._house.log.read_text(errors="replace")[-3000:])
            self._restart()

    def take_slack_down(self, seconds: float) -> None:
        """Cut every socket and refuse every call for so long; return once the app is connected again."""
        town, began = self._town, time.time()
        town.away.set()
        self._workspace.faults.add("down")
        town.server.cut()
        time.sleep(seconds)
        self._workspace.faults.clear("down")
        until = time.monotonic()
        while not (town.server.connected or self._workspace.app.request_url):
            time.sleep(0.1)
        self.back = time.monotonic() - until
        self.outages.append((began, time.time()))
        town.away.clear()

    def _kill(self) -> None:
        with self._lock:
            began = time.time()
            self._house.kill()
            self._restart(began)
            self.caused["kill"] += 1

    def _restart(self, began: float = 0.0) -> None:
        began = began or time.time()
        self._town.away.set()
        try:
            self._house.open()
        finally:
            self._town.away.clear()
            self.outages.append((began, time.time()))

    def _cause(self) -> None:
        method = self._dice.choice(METHODS)
        fault = self._dice.choice(("429", "500", "503", "error", "lost", "slow", "duplicates", "cut"))
        add = self._workspace.faults.add
        match fault:
            case "429":
                add("ratelimited", method=method, times=3, retry_after=self._dice.randint(1, 8))
            case "500" | "503":
                add("error", method=method, times=3, status=int(fault), error="internal_error")
            case "error":
                add("error", method=method, times=1, error=self._dice.choice(("fatal_error", "new_error")))
            case "lost":
                add("lost", method=self._dice.choice(METHODS[:3]), times=1)
            case "slow":
                add("slow", method=method, times=3, seconds=3.0)
            case "duplicates":
                add("duplicate", times=5, copies=3)
            case _:
                with suppress(Exception):
                    self._town.server.cut()
        self.caused[fault] += 1
