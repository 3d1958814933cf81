"""Tries the support process row by row, from outside: as people do who know only the doors of a running desk."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import databases, rows_care, rows_days, rows_material, rows_means, rows_opening, rows_priority, rows_working
from bench.rows_desk import MONDAY, Desk, faketime, open_desks
from bench.rows_seen import Missing
from bench.rows_table import ROWS, Table
from bench.rows_trial import Trial

Try = tuple[str, str, Callable[[Trial], Any]]
AT_ONCE: tuple[Try, ...] = (
    *rows_opening.TRIALS, *rows_material.TRIALS, *rows_priority.TRIALS, *rows_working.TRIALS,
    *rows_care.TRIALS, *rows_means.TRIALS, *rows_days.STORED,
)  # fmt: skip
OVER_DAYS: tuple[Try, ...] = rows_days.TRIALS
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
    """Open the desks that are needed, and try everything."""
    at_once, over_days = ([one for one in some if one[0] in keys] for some in (AT_ONCE, OVER_DAYS))
    if over_days and not faketime():
        for row, channel, _ in over_days:
            table.cell(row, channel).untried.append(NO_CLOCK)
        over_days = []
    wanted = {"open": (at_once, store), "closed": (over_days, other(store))}
    desks = open_desks(stack, folder, stores={name: kind for name, (some, kind) in wanted.items() if some})
    for row, channel, do in at_once:
        attempt(Trial(desks["open"], table.cell(row, channel)), do)
    if over_days:
        live(desks["closed"], [(Trial(desks["closed"], table.cell(r, c)), do) for r, c, do in over_days])


def other(store: str) -> str:
    """The other kind of store: the two desks stand on one of each."""
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
        trial.see(False, "no failure of the trial", f"{type(error).__name__}: {error} ({where.name}:{where.lineno})")
    finally:
        print(f"{trial.cell.row} {trial.cell.channel} {trial.cell.mark} {time.monotonic() - began:.1f} s", file=sys.stderr)
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


def _go_on(waiting: list[tuple[timedelta, Trial, Iterator[timedelta]]], trial: Trial, steps: Iterator[timedelta]) -> None:
    after = attempt(trial, lambda _: next(steps, None))
    if after is not None:
        waiting.append((after, trial, steps))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.rows", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*(row.key for row in ROWS), []], help="all of them without a key")
    parser.add_argument("--store", choices=databases.KINDS, default="sqlite", help="of the open desk; the closed one has the other")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
