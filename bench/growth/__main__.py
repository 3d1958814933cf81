"""What a mail and every question of operators costs at a thousand cases, and at a million."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bench.growth import template
from bench.growth.copies import Copies
from bench.growth.fill import Progress
from bench.growth.grown import Grown, grown
from bench.growth.template import Template
from bench.support import cost, databases
from bench.support.relay import Relay

REAL = 300
"""Cases that are made by mail, and copied."""
ROUNDS = 4
YEAR = "report 365d"


def main() -> int:
    """``python -m bench.growth``: one table."""
    options = _options()
    progress = Progress()
    with tempfile.TemporaryDirectory(prefix="casebot-growth-", dir=options.folder or None) as place:
        made = template.made(Path(place) / "template", min(REAL, *options.cases))
        sizes = measure(
            options.cases, kind=options.store, made=made, copies=Copies(made), mails=options.mails,
            folder=Path(place), say=progress,
        )  # fmt: skip
    progress.over()
    print(table(sizes, kind=options.store))
    return 0


def measure(
    counts: Sequence[int],
    *,
    kind: str,
    made: Template,
    copies: Copies,
    mails: int,
    folder: Path,
    say: Callable[[str], None],
) -> list[Grown]:
    """The smallest store stands all the while; each larger one takes turns with it, and is gone then."""
    smallest, *larger = sorted(set(counts))
    with Relay() as relay:
        filled = partial(grown, kind, copies=copies, template=made, folder=folder, relay=relay, say=say)
        with filled(smallest) as small:
            sizes = [small]
            small.ask(made)
            small.open()
            for count in larger:
                with filled(count) as large:
                    sizes.append(large)
                    large.ask(made)
                    large.open()
                    _turns(small, large, mails)
            if not larger:
                _turns(small, None, mails)
    return sizes


def _turns(small: Grown, large: Grown | None, mails: int) -> None:
    small.spent.clear()
    for number in range(ROUNDS):
        for each in (small, large) if number % 2 else (large, small):
            if each:
                each.take(mails // ROUNDS)
    if large:
        large.beside = {
            kind: [mine / its for mine, its in zip(spent, small.spent[kind], strict=True) if its]
            for kind, spent in large.spent.items()
        }


def table(sizes: Sequence[Grown], *, kind: str) -> str:
    """A column for each size: what a mail costs; for each question CPU and wall p50 and p95, in ms."""
    head = f"{kind + ', cases':<36}" + "".join(f"{size.cases:>26,}" for size in sizes)
    lines = [head]
    for what in ("new", "reply"):
        spent = [f"{statistics.median(size.spent[what]) * 1000:.2f}" for size in sizes]
        lines.append(_line(f"a mail: {what}, CPU ms", spent))
        lines.append(_line("   beside the smallest", [_spread(size.beside.get(what, [])) for size in sizes]))
    waits = [" / ".join(f"{cost.percentile(size.waits, at) * 1000:.0f}" for at in (50, 99)) for size in sizes]
    lines.append(_line("   to confirmation, p50 / p99 ms", waits))
    lines.append(_line("bytes a case", [f"{size.bytes_a_case:,.0f}" for size in sizes]))
    lines.append(_line("filled in", [f"{size.filled_in:,.0f} s" for size in sizes]))
    lines.append(_line("a question: CPU, wall p50 / p95", ["ms"] * len(sizes)))
    for name in sizes[0].answers:
        took = [size.answers[name] for size in sizes]
        lines.append(_line(name, [f"{t.cpu * 1000:,.1f}, {t.at(50):,.1f} / {t.at(95):,.1f}" for t in took]))
    year = [f"+ {size.answers[YEAR].memory / 1e6:,.0f} MB" for size in sizes]
    lines.append(_line(f"{YEAR}, memory", year))
    return "\n".join(lines)


def _line(name: str, values: Sequence[str]) -> str:
    return f"{name:<36}" + "".join(f"{value:>26}" for value in values)


def _spread(ratios: Sequence[float]) -> str:
    if not ratios:
        return ""
    return f"× {statistics.median(ratios):.2f} [{min(ratios):.2f}–{max(ratios):.2f}]"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=[1000, 100_000, 1_000_000])
    parser.add_argument("--store", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--mails", type=int, default=1000, help="of each kind, to each store")
    parser.add_argument("--folder", default="", help="where the stores are made, if the usual place is small")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
