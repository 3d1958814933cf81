"""Injects a fault into each operation of eight stories, and checks what casebot promises."""

from __future__ import annotations

import argparse
import itertools
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from signal import SIGKILL
from typing import NamedTuple

from bench.crash import network
from bench.crash.desk import PATIENCE, Desk, opened
from bench.crash.injector import KINDS, SQLITE
from bench.crash.promises import Facts, row
from bench.crash.stories import STORIES, Scene
from bench.support import databases

QUIET = 1.0
"""Seconds without work after which a story is over."""
COLUMNS = ("operations", "points", "unreached", "restarts", "lost", "twice", "copies", "other", "seconds")
MOST_UNREACHED = 0.2
"""A story does not always have the same number of operations, so some points are not reached."""
LOSES_ANSWERS = ("commit", "committed", "response")
"""Kinds of operations whose failure can lose the answer of the relay, or the record of it."""
FAILS = {"commit": tuple(SQLITE), "committed": ("broken",)}
"""How operations fail on SQLite; all others just fail."""


class Point(NamedTuple):
    """Which operation of a kind fails, and how: ``kill:commit:3``."""

    how: str
    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.how}:{self.kind}:{self.number}"

    def may_end(self, code: int) -> bool:
        """Return whether casebot may end with this exit code after the fault."""
        if self.how == "kill":
            return code == -SIGKILL
        return code > 0 and (self.must_end or self.kind == "fsync")

    @property
    def must_end(self) -> bool:
        """Return whether casebot ends after the fault: it cannot know whether a broken disk kept a commit."""
        return self.how in ("kill", "broken")


NO_FAULT = Point("kill", "commit", 0)


class Trial:
    """One story on one desk, run once for each point."""

    def __init__(self, desk: Desk, story: str, say: Callable[[str], None]) -> None:
        self.counts = Counter[str]()
        self._desk, self._story, self._say = desk, story, say
        self._serial = itertools.count(1)
        self._finished: list[Facts] = []
        self._damage = set[str]()
        self._operations = self._reference = Counter[str]()

    def learn(self) -> None:
        """Run the story twice without a fault, the first time to fill caches; count operations and effects."""
        effects = []
        for _ in range(2):
            scene, acting = self._begin(NO_FAULT)
            quiet = began = time.monotonic()
            while acting.is_alive() or time.monotonic() < quiet + QUIET:
                quiet = time.monotonic() if acting.is_alive() or self._desk.waiting() else quiet
                if quiet > began + PATIENCE:
                    raise TimeoutError(f"{self._story} does not end without a fault")
                time.sleep(0.05)
            self._operations = Counter(dict(zip(KINDS, self._desk.control.counts, strict=True)))
            effects.append(Facts(scene).counts)
        first, self._reference = effects
        self.counts["operations"] = self._operations.total()
        if first != self._reference or not first:
            self._note(NO_FAULT, "other", [f"effects without a fault: {first}, then {self._reference}"])

    def points(self, how: str, every: int) -> Iterator[Point]:
        """Yield each Kth operation with each way to fail (``fail``, ``kill`` or ``both``)."""
        for kind in KINDS:
            fails = FAILS.get(kind, ("fails",)) if "sqlite" in self._desk.url else ("fails",)
            ways = {"kill": ("kill",), "fail": fails, "both": ("kill", *fails)}[how]
            for number in range(1, self._operations[kind] + 1, every):
                yield from (Point(way, kind, number) for way in ways)

    def _begin(self, point: Point) -> tuple[Scene, threading.Thread]:
        if self._ended(f"before {point}"):
            self._desk.restart()
        scene = Scene(self._desk, f"{self._story}{next(self._serial):04d}")
        story = STORIES[self._story](scene)
        next(story)
        self._desk.control.arm(*point)
        acting = threading.Thread(target=self._act, args=(point, story), daemon=True)
        acting.start()
        return scene, acting

    def _ended(self, when: str) -> bool:
        """Return whether casebot has ended, and note it: between two points it must not."""
        control = self._desk.control
        ended = control.ends >= control.starts
        self._note(when, "other", [f"ended by itself with exit code {control.code}"] * ended)
        return ended

    def _act(self, point: Point, story: Iterator[None]) -> None:
        try:
            next(story, None)
        except Exception as error:
            self._note(point, "other", [f"{type(error).__name__}: {error}"])

    def inject(self, point: Point) -> None:
        """Run the story with a fault, start casebot again if it ends, and compare once everything is settled."""
        scene, acting = self._begin(point)
        control, ends, fired, lost = self._desk.control, 0, 0.0, ["not settled"]
        loses_answers = point.how == "kill" or point.kind in LOSES_ANSWERS
        deadline = time.monotonic() + PATIENCE
        while lost and time.monotonic() < deadline:
            time.sleep(0.05)
            if control.ends >= control.starts:
                ends += 1
                if ends > 1 or not (control.fired and point.may_end(control.code)):
                    self._note(point, "other", [f"ended by itself with exit code {control.code}"])
                self._desk.restart()
            fired = control.fired
            if not (acting.is_alive() or self._desk.waiting() or (point.must_end and fired and not ends)):
                lost, _ = Facts(scene, fired, fired, loses_answers=loses_answers).compare(self._reference)
                if not lost:
                    control.number = 0  # a fault that was not reached by now is not reached
                    lost = ["not settled"] * (control.fired != fired)
        other = ["a row waits"] * self._desk.waiting() if lost else []
        other += ["did not end"] if point.must_end and fired and not ends else []
        acting.join(QUIET)
        other += ["the story did not end"] if acting.is_alive() else []
        facts = Facts(scene, fired, fired, loses_answers=loses_answers or ends > 0)
        lost, twice = facts.compare(self._reference)
        damage = {*self._desk.find_damage()}
        other += sorted(damage - self._damage)
        self._damage |= damage
        for column, sentences in (("lost", lost), ("twice", twice), ("other", other)):
            self._note(point, column, sentences)
        self.counts += Counter(points=1, unreached=not fired, restarts=ends, copies=facts.copies)
        self._finished.append(facts)

    def end(self) -> None:
        """Look for what was done twice after its point was over."""
        time.sleep(QUIET)
        self._ended("at the end:")
        for before in self._finished:
            after = before.again()
            _, twice = after.compare(before.counts | self._reference)
            twice += ["a mail once more, when all was settled"] * (after.copies - before.copies)
            self._note(f"after {before.scene.marker}", "twice", twice)
        if self.counts["unreached"] > MOST_UNREACHED * self.counts["points"]:
            self._note("at the end:", "other", ["too many faults were not reached"])

    def _note(self, point: Point | str, column: str, sentences: Sequence[str]) -> None:
        self.counts[column] += len(sentences)
        for sentence in sentences:
            self._say(f"{self._story} {point} {sentence}")


def crash(
    story: str, store: str, *, points: Sequence[Point] = (), how: str = "both", every: int = 1,
    say: Callable[[str], None] = print,
) -> Counter[str]:  # fmt: skip
    """Try points of a story, or all that there are, on a new store; return the counts."""
    began = time.monotonic()
    with opened(store) as desk:
        desk.begin()
        trial = Trial(desk, story, lambda line: say(f"{store} {line}"))
        trial.learn()
        for point in points or trial.points(how, every):
            trial.inject(point)
        trial.end()
    trial.counts["seconds"] = round(time.monotonic() - began)
    say(f"{story:<16}{store:<12}" + row(*map(trial.counts.__getitem__, COLUMNS)))
    return trial.counts


def main() -> int:
    """``python -m bench.crash``; exit code 1 if a promise was broken."""
    options = _options()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # casebot hangs up on the workspace
    say = partial(print, flush=True)
    if options.network is not None:
        broken = list(network.trials(options.network or network.LINKS, say))
        say(*broken, f"{len(broken)} PROMISES BROKEN" if broken else "every promise kept", sep="\n")
        return bool(broken)
    points = [
        Point(how, kind, int(number)) for how, kind, number in (each.split(":") for each in options.only)
    ]
    stores = databases.KINDS if options.store == "both" else (options.store,)
    say(f"{'story':<16}{'store':<12}" + row(*COLUMNS))
    run = partial(crash, points=points, how=options.how, every=options.every, say=say)
    with ProcessPoolExecutor(options.lanes) as lanes:
        pairs = zip(*itertools.product(options.stories or STORIES, stores), strict=True)
        counts = sum(lanes.map(run, *pairs), Counter[str]())
    count = counts["lost"] + counts["twice"] + counts["other"]
    say(f"{counts['points']} points, {f'{count} PROMISES BROKEN' if count else 'every promise kept'}")
    return bool(count)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.crash", description=__doc__)
    parser.add_argument("--store", choices=(*databases.KINDS, "both"), default="both")
    parser.add_argument("--stories", nargs="*", choices=list(STORIES), default=[])
    parser.add_argument("--every", type=int, default=1, help="try each Kth operation only")
    parser.add_argument("--how", choices=("fail", "kill", "both"), default="both")
    parser.add_argument("--only", nargs="*", default=[], help="points, such as kill:commit:3")
    parser.add_argument("--network", nargs="*", choices=network.LINKS, help="faults of these links, or all")
    parser.add_argument("--lanes", type=int, default=1, help="stories at the same time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
