"""Where a mail's time goes, stage by stage: the real parts of a house, called in turn in one thread."""

from __future__ import annotations

import argparse
import cProfile
import pstats
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

import bot.notify.compose
import channels.email.smtp_in.server
from bench.support.house import House, cpu_of
from bench.support.mails import Mail, mix
from bench.support.one_thread_house import TOGETHER, OneHand
from bench.support.stages import Stages
from bot.channel.installed import sections
from bot.config.load import load
from bot.desk.desk import Desk
from bot.inbound.pipeline import Pipeline
from bot.notify.notifier import Notifier
from bot.render.renderer import Renderer
from bot.workers.acceptance import Acceptance
from bot.workers.intake import Intake
from channels.email.channel import EmailChannel
from store.engine.transaction import Transaction

WARM = 200
WRAPPED = (
    (channels.email.smtp_in.server, "content_key", "content key"),
    (Acceptance, "keep", "keep"),
    (Intake, "_contexts", "context for the reader"),
    (EmailChannel, "anchors", "header scan"),
    (EmailChannel, "read", "read: the parent's half"),
    (Pipeline, "judge", "judge"),
    (Desk, "perform", "desk and handlers"),
    (Notifier, "tell", "notices: links and facts"),
    (bot.notify.compose, "_packed", "notices: lines we said"),
    (Renderer, "words", "render"),
    (EmailChannel, "compose", "compose"),
    (EmailChannel, "deliver", "deliver"),
    *((Transaction, name, "statements: SQLAlchemy") for name in ("rows", "row", "value", "run", "flush")),
)
ON_DIALECT = {
    "do_execute": "statements: driver",
    "do_executemany": "statements: driver",
    "do_commit": "commit",
    "do_rollback": "end of a reading",
}


def main() -> int:
    """``python -m bench.speed.profile``: one table, µs a mail."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="casebot-profile-") as folder, _sink(Path(folder)) as port:
        house = House(Path(folder), relay=port, staff=options.staff)
        stages, statements = Stages(), Statements()
        hand = OneHand(load(house.config, sections()), stages)
        mails = mix(WARM + options.mails, seed=1, prefix="p")
        _work(hand, islice(mails, WARM))
        _wrap(hand, stages, statements)
        stages.reset()
        children = _children()
        profiler = cProfile.Profile() if options.functions else None
        with profiler or nullcontext():
            _work(hand, mails)
        print(table(stages, options.mails, child=_children() - children))
        print(statements.table(options.mails, options.statements))
        if profiler:
            pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(options.functions)
        hand.close()
    return 0


def _work(hand: OneHand, mails: Iterable[Mail]) -> None:
    rest = iter(mails)
    while batch := list(islice(rest, TOGETHER)):
        hand.work(batch)


def _wrap(hand: OneHand, stages: Stages, statements: Statements) -> None:
    """Put a watch on every stage."""
    for owner, name, stage in WRAPPED:
        stages.wrap(owner, name, stage)
    dialect = hand.app.database.engine.dialect
    for name in ("do_execute", "do_executemany"):
        setattr(dialect, name, statements.timed(getattr(dialect, name)))
    for name, stage in ON_DIALECT.items():
        stages.wrap(dialect, name, stage)
    stages.wrap(hand.app.database.engine, "connect", "begin, give back")


class Statements:
    """The driver's time by statement."""

    def __init__(self) -> None:
        self._wall: dict[str, float] = defaultdict(float)
        self._count: Counter[str] = Counter()

    def timed(self, execute: Any) -> Any:
        """``do_execute`` or ``do_executemany``, with a watch."""

        def timed(cursor: Any, statement: str, *more: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(cursor, statement, *more, **kwargs)
            finally:
                self._wall[statement] += time.perf_counter() - began
                self._count[statement] += 1

        return timed

    def table(self, mails: int, most: int) -> str:
        """The most expensive ones: µs a mail in the driver, times a mail, and how they begin."""
        found = sorted(self._wall.items(), key=lambda one: -one[1])[:most]
        lines = [
            f"{seconds / mails * 1e6:8.0f}{self._count[statement] / mails:8.2f}  {_short(statement)}"
            for statement, seconds in found
        ]
        return "\n".join(["", f"{'driver µs':>8}{'times':>7}  statement", *lines])


def table(stages: Stages, mails: int, *, child: float) -> str:
    """CPU and wall by stage, the most expensive first."""
    order: Sequence[str] = sorted(stages.cpu, key=lambda stage: -stages.cpu[stage])
    rows = [(stage, stages.cpu[stage], stages.wall[stage], stages.calls[stage]) for stage in order]
    rows.append(("all of the main process", sum(stages.cpu.values()), sum(stages.wall.values()), 0))
    rows.append(("the reader child", child, 0.0, 0))
    lines = [
        f"{stage:<28}{cpu / mails * 1e6:>9.0f}{wall / mails * 1e6:>9.0f}{calls / mails:>8.2f}"
        for stage, cpu, wall, calls in rows
    ]
    return "\n".join([f"{'µs a mail':<28}{'CPU':>9}{'wall':>9}{'calls':>8}", *lines])


def _short(statement: str) -> str:
    return " ".join(statement.split())[:100]


def _children() -> float:
    """CPU seconds of the reader, not of the sink (which is our child too)."""
    every = psutil.Process().children(recursive=True)
    return sum(cpu_of(child) for child in every if "tests.support.mail.sink" not in child.cmdline())


@contextmanager
def _sink(folder: Path) -> Iterator[int]:
    """A relay in a process of its own; its port."""
    command = [sys.executable, "-m", "tests.support.mail.sink", "--out", str(folder / "sink.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.speed.profile", description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument(
        "--staff", type=int, choices=(0, 1), default=0, help="1: told of every case and reply"
    )
    parser.add_argument("--statements", type=int, default=15, help="so many, the dearest first")
    parser.add_argument(
        "--functions", type=int, default=0, help="so many functions, by cProfile (slows all down)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
