"""Where a mail's time goes, stage by stage: the real parts of a house, called in turn in one thread."""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from sqlalchemy import func, select

import channels.email.smtp_in.server
from bench.speed import system_calls
from bench.speed.one_thread_house import TOGETHER, OneHand
from bench.speed.stages import Stages
from bench.support import cost
from bench.support.databases import KINDS, Look, fresh
from bench.support.house import House
from bench.support.mails import Mail, mix
from bot.channel.installed import sections
from bot.config.load import load
from bot.desk.desk import Desk
from bot.inbound.pipeline import Pipeline
from bot.notify.notifier import Notifier
from bot.notify.rendition import PersonalCopy
from bot.render.renderer import Renderer
from bot.workers.acceptance import Acceptance
from bot.workers.intake import Intake
from channels.email.channel import EmailChannel
from store.engine.columns import metadata
from store.engine.transaction import Transaction
from store.queues import outbox_body

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
    (PersonalCopy, "lines", "notices: lines we said"),
    (Renderer, "words", "render"),
    (EmailChannel, "compose_body", "compose"),
    (EmailChannel, "compose_head", "compose: headers"),
    (outbox_body, "add", "compress"),
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
    """``python -m bench.speed.profile``: µs a mail by stage and statement, and what a mail leaves behind."""
    options = _options()
    with (
        tempfile.TemporaryDirectory(prefix="casebot-profile-") as name,
        _sink(Path(name)) as port,
        fresh(options.store, Path(name)) as url,
    ):
        house = House(Path(name), url=url, relay=port, staff=options.staff, web=True)
        stages, statements = Stages(), Statements()
        hand = OneHand(load(house.config, sections()), stages)
        mails = mix(WARM + options.mails + options.calls, seed=1, prefix="p")
        _work(hand, islice(mails, WARM))
        _wrap(hand, stages, statements)
        stages.reset()
        profiler = cProfile.Profile() if options.functions else None
        children, before = _children(), Traces.of(hand, house)
        with profiler or nullcontext():
            made = system_calls.counted(_pids(), lambda: _work(hand, islice(mails, options.mails)))
        print(table(stages, options.mails, child=_children() - children))
        print(statements.table(options.mails, options.statements))
        print(Traces.of(hand, house).since(before, options.mails))
        print(_at_all(statements, stages, made, options.mails))
        if options.calls:
            print(_named(system_calls.by_name(_pids(), lambda: _work(hand, mails)), options.calls))
        if profiler:
            pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(options.functions)
        hand.close()
    return 0


def _at_all(statements: Statements, stages: Stages, made: int | None, mails: int) -> str:
    watch = 2 * stages.calls.total()  # it asks for its thread's time by a system call
    calls = "not counted: no perf" if made is None else f"{(made - watch) / mails:.0f}"
    commits = stages.calls["commit"] / mails
    return f"a mail: {statements.all / mails:.1f} statements, {commits:.2f} commits, system calls {calls}"


def _named(calls: Counter[str], mails: int) -> str:
    """The most usual system calls; ``strace`` slows all down, so that more of them wait for each other."""
    if not calls:
        return "system calls by name: no strace"
    del calls["clock_gettime"]  # the stop-watch's own
    told = ", ".join(f"{name} {count / mails:.1f}" for name, count in calls.most_common(15))
    return f"system calls a mail, by name: {told}"


@dataclass(frozen=True, slots=True)
class Traces:
    """What is in a store and on the disk."""

    rows: dict[str, int]
    store: int
    files: int
    written: int
    """Bytes: of the database, of the files beside it, and of all that this process ever wrote."""

    @classmethod
    def of(cls, hand: OneHand, house: House) -> Traces:
        """As it is now."""
        with hand.app.database.engine.connect() as connection:
            rows = {
                table.name: int(connection.scalar(select(func.count()).select_from(table)) or 0)
                for table in metadata.sorted_tables
            }
        files = sum(file.stat().st_size for file in Path(house.folder, "files").rglob("*") if file.is_file())
        return cls(rows, Look(house.url).size(), files, cost.written(os.getpid()))

    def since(self, before: Traces, mails: int) -> str:
        """Rows a mail by table, and bytes."""
        more = {name: (count - before.rows[name]) / mails for name, count in self.rows.items()}
        usual = sorted((count, name) for name, count in more.items() if count)[::-1]
        told = ", ".join(f"{name} {count:.2f}" for count, name in usual)
        store, files, written = (
            (now - then) / mails / 1000
            for now, then in (
                (self.store, before.store),
                (self.files, before.files),
                (self.written, before.written),
            )
        )
        return (
            f"\nrows a mail: {sum(more.values()):.1f} ({told})\nkB a mail: {store:.1f} in the store, "
            f"{files:.1f} in files, {written:.1f} handed to the disk by the main process"
        )


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

    @property
    def all(self) -> int:
        """How many were run; those for many rows at once are one."""
        return self._count.total()

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
    """CPU seconds of the reader so far."""
    return sum(cost.cpu(pid) for pid in _pids()[1:])


def _pids() -> list[int]:
    """Of this process and the reader; the sink and the database's server are no part of it."""
    readers = [
        child.pid
        for child in psutil.Process().children(recursive=True)
        if "channels.email.sandbox.child" in child.cmdline()
    ]
    return [os.getpid(), *readers]


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
    parser.add_argument("--staff", type=int, default=2, help="so many are told of every case and reply")
    parser.add_argument("--store", choices=KINDS, default="sqlite")
    parser.add_argument("--calls", type=int, default=0, help="so many more mails under strace, for its names")
    parser.add_argument("--statements", type=int, default=15, help="so many, the dearest first")
    parser.add_argument(
        "--functions", type=int, default=0, help="so many functions, by cProfile (slows all down)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
