"""Makes small faults in the code, one at a time, and counts how many the tests notice."""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

import coverage

from bench.mutants import chosen_tests, line_contexts
from bench.mutants.code_faults import Fault, draw_faults

ROOT = Path(__file__).parents[2]
PRODUCT = ("bot", "channels", "store")
MOST = {"fast": 400, "wire": 120, "slow": 20}
"""The most tests of a suite that are run for a fault."""
MARKS = {"fast": "not slow and not wire", "wire": "wire and not slow", "slow": "slow"}
LINE_COUNTS = "tests/house/test_budgets.py"  # a fault may change them
FAILING = "failing.txt"
LONGEST = 600.0
"""Seconds after which chosen tests are stopped; those that have not run by then count as passed."""
PATIENCE = "60"
"""Seconds that a test waits for a condition, where a fault may prevent it."""
ROUNDS = 3
"""How many times tests are run again that failed and then passed by themselves: the machine may be busy."""


class Lines:
    """Which tests run which line, as measured once for each suite and kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data: dict[str, coverage.CoverageData] = {}
        self.failing: dict[str, set[str]] = {}
        """Tests of each suite that failed without a fault: they notice nothing."""

    def tests(self, suite: str, fault: Fault) -> list[str]:
        """Return the ids of the tests that run a line of a fault, or any line of its file if no test runs it.

        Those come first that run lines of this file, and of modules that the lines name, which few tests run.
        """
        by_line, weights = self._by_line(suite, f"/{fault.file}"), Counter[str]()
        own = {*chain(*(by_line.get(line, ()) for line in range(fault.line, fault.last + 1)))}
        # A line that runs at import has no test.
        tests = (own or {*chain(*by_line.values())}) - self.failing[suite]
        for end in _measured_files(fault):
            for runners in self._by_line(suite, end).values():
                weights.update(dict.fromkeys(tests & runners, 1 / len(runners)))
        return sorted(tests, key=lambda test: (-weights[test], test))

    def _by_line(self, suite: str, end: str) -> dict[int, set[str]]:
        """Return the tests that run each line of the file whose path ends so."""
        if suite not in self._data:
            self._read(suite)
        data = self._data[suite]
        measured = next((file for file in data.measured_files() if file.endswith(end)), "")
        by_line = data.contexts_by_lineno(measured)
        names = {line: {re.sub(r" \(\w+\)$", "", test) for test in tests} for line, tests in by_line.items()}
        return {line: found for line, tests in names.items() if (found := tests - {""})}

    def _read(self, suite: str) -> None:
        self._data[suite] = data = coverage.CoverageData(no_disk=True)
        self.failing[suite] = {*(self._folder / suite / FAILING).read_text().splitlines()}
        for file in (self._folder / suite).glob("lines.*"):
            part = coverage.CoverageData(str(file))
            with suppress(coverage.exceptions.DataError):  # of a process that was killed while it wrote this
                part.read()
                data.update(part)

    def measure(self, suite: str, clone: Path, faults: Sequence[Fault]) -> None:
        """Run a suite and note which test runs which line of the faulty files, unless that is known."""
        if (self._folder / suite).exists():
            return
        folder = self._folder / f"{suite}.part"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        plugin = ("-p", line_contexts.__name__, "-m", MARKS[suite])
        files = sorted({f"*{end}" for fault in faults for end in _measured_files(fault)})
        variables = {line_contexts.FOLDER: str(folder), line_contexts.FILES: ":".join(files)}
        failing = _pytest(clone, *plugin, environment=variables, seconds=7200) or []
        if not (folder / line_contexts.ENDED).exists():
            raise RuntimeError(f"the {suite} suite was not measured: it did not end")
        if failing:  # they may only have been too slow
            again = _pytest(clone, "-m", "", only=failing, seconds=7200)
            failing = [] if again is None else again or failing
        (folder / FAILING).write_text("\n".join(failing))
        folder.rename(self._folder / suite)


def _measured_files(fault: Fault) -> set[str]:
    """Return how the paths of the faulty file and of the modules that its line names end."""
    return {
        f"/{fault.file}",
        *(f"/{name}.py" for name in re.findall(r"\b([a-z_]+)\.", fault.before)),
    }


def _pytest(
    clone: Path,
    *arguments: str,
    only: Sequence[str] = (),
    without: Iterable[str] = (),
    environment: dict[str, str] | None = None,
    seconds: float = LONGEST,
) -> list[str] | None:
    """Run tests in a clone; return None if they pass, otherwise the ids of those that failed, if known."""
    with tempfile.TemporaryDirectory(prefix="casebot-chosen-") as folder:
        Path(folder, chosen_tests.ONLY).write_text("".join(f"{test}\n" for test in only))
        Path(folder, chosen_tests.WITHOUT).write_text("".join(f"{test}\n" for test in without))
        own = {"PYTHONPATH": str(clone), "CASEBOT_TEST_PATIENCE": PATIENCE, chosen_tests.FOLDER: folder}
        settings = {**os.environ, **own, "PYTHONDONTWRITEBYTECODE": "1", "TURN": "", **(environment or {})}
        files = dict.fromkeys(test.split("::")[0] for test in only)
        plugins = ("-p", "no:cacheprovider", "-p", chosen_tests.__name__)
        program = [sys.executable, "-m", "pytest", "-q", *plugins, *arguments, *files]
        run = subprocess.Popen(
            program, cwd=clone, env=settings, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            run.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)  # with what the tests have started
            run.wait()
            return chosen_tests.read(folder, chosen_tests.FAILED) or None
        return None if run.returncode in (0, 5) else chosen_tests.read(folder, chosen_tests.FAILED)


def _fail(clone: Path, *arguments: str, **options: Any) -> bool:
    """Return whether tests fail, also when those that failed are run once more by themselves."""
    for _ in range(ROUNDS):
        failed = _pytest(clone, "-x", *arguments, **options)
        if failed is None:
            return False
        if not failed or _pytest(clone, "-x", "-n", "0", "-m", "", only=failed[:2]) is not None:
            return True
    return False


def noticed_by(clone: Path, fault: Fault, lines: Lines, suites: Sequence[str]) -> str:
    """Plant a fault; return the suite whose tests fail then, empty if none does.

    The tests that run the line come first, then the whole fast suite: processes that are killed are not measured.
    """
    restore = fault.plant(clone)
    try:
        for suite in suites:
            tests = lines.tests(suite, fault)[: MOST[suite]]
            if tests and _fail(clone, "-n", "0", "-m", "", only=tests):
                return suite
        whole = ("-m", MARKS["fast"], f"--ignore={LINE_COUNTS}")
        known = lines.failing.get("fast", ())
        return "fast" if _fail(clone, *whole, without=known, seconds=2 * LONGEST) else ""
    finally:
        restore()


@cache
def _clone(folder: Path, process: int) -> Path:
    """Return a process's own clone."""
    clone = folder / f"clone-{process}"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    return clone


_lines = cache(Lines)  # read once in a process


def _decide(
    folder: Path, lines: Path, suites: Sequence[str], judged: dict[str, str], fault: Fault
) -> tuple[str, float]:
    began = time.monotonic()
    result = "judged"
    if fault.name not in judged:
        result = noticed_by(_clone(folder, os.getpid()), fault, _lines(lines), suites)
    return result, time.monotonic() - began


def main() -> int:
    """``python -m bench.mutants --seed N --count 100``; exit code 1 if fewer than 85 % are noticed."""
    options = _options()
    judged = tomllib.loads(options.judged.read_text()) if options.judged else {}
    with tempfile.TemporaryDirectory(prefix="casebot-mutants-") as place:
        folder = Path(place)
        clone = _clone(folder, os.getpid())
        commit = subprocess.check_output(
            ["git", "rev-parse", "--short", "HEAD"], cwd=clone, text=True
        ).strip()
        lines = (options.lines or folder) / f"{commit}-{options.seed}-{options.count}"
        faults = draw_faults(clone, list(_product(clone)), options.count, seed=options.seed)
        for suite in options.suites:
            _lines(lines).measure(suite, clone, faults)
        results = dict[Fault, str]()
        with ProcessPoolExecutor(options.lanes) as lanes:
            decide = partial(_decide, folder, lines, options.suites, judged)
            for fault, (result, seconds) in zip(faults, lanes.map(decide, faults), strict=True):
                results[fault] = result
                print(f"{len(results):3} {result or 'UNSEEN':<8} {fault.name} ({seconds:.0f} s)")
                print(f"      - {fault.before.strip()}\n      + {fault.after.strip()}", flush=True)
    return _report(options, results, judged)


def _report(options: argparse.Namespace, results: dict[Fault, str], judged: dict[str, str]) -> int:
    counts = Counter(result or "unseen" for result in results.values())
    noticed, of = sum(counts[suite] for suite in options.suites), len(results) - counts["judged"]
    print(f"seed {options.seed}: {dict(counts)}")
    print(f"noticed: {noticed} of {of} ({noticed / max(of, 1):.0%})")
    for name, reason in judged.items():
        print(f"judged to change nothing: {name}: {reason}")
    return int(noticed < 0.85 * of)


def _product(clone: Path) -> Iterator[str]:
    for part in PRODUCT:
        for file in sorted((clone / part).rglob("*.py")):
            yield str(file.relative_to(clone))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--suites", nargs="+", choices=MOST, default=[*MOST])
    parser.add_argument("--lanes", type=int, default=1, help="faults at the same time")
    parser.add_argument("--lines", type=Path, metavar="DIR", help="keep which test runs which line here")
    parser.add_argument(
        "--judged", type=Path, metavar="FILE", help='TOML: "FILE:LINE KIND" = "why it changes nothing"'
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
