"""The goals, and what was measured beside them: one table, with the ratio to the server that does nothing."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.support.cost import percentile


@dataclass
class Spent:
    """CPU seconds and mails of one server, over all rounds."""

    mails: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    """Of each part: ``main`` process, ``child`` (all of them), the database's ``server``."""
    seconds: float = 0.0
    """From the first mail to the last thing settled."""
    rounds: list[float] = field(default_factory=list)
    """µs a mail in each round."""

    @property
    def each(self) -> float:
        """µs a mail."""
        return sum(self.cpu.values()) / max(self.mails, 1) * 1e6

    def of(self, part: str) -> float:
        """µs a mail of one part."""
        return self.cpu.get(part, 0.0) / max(self.mails, 1) * 1e6

    def add(self, mails: int, cpu: Mapping[str, float], seconds: float) -> None:
        """Count a round in."""
        self.mails += mails
        self.seconds += seconds
        self.rounds.append(sum(cpu.values()) / max(mails, 1) * 1e6)
        for part, spent in cpu.items():
            self.cpu[part] = self.cpu.get(part, 0.0) + spent

    def beside(self, other: Spent) -> str:
        """The ratio of the two: the median of the rounds, the least and the greatest."""
        ratios = [mine / theirs for mine, theirs in zip(self.rounds, other.rounds, strict=True) if theirs]
        if not ratios:
            return ""
        return f"{statistics.median(ratios):.2f} [{min(ratios):.2f}–{max(ratios):.2f}]"


@dataclass
class Figures:
    """All that was measured in a run."""

    staff: int
    signed: bool
    more: int
    """So many more specialists had the house of ``crowd``."""
    noop: Spent = field(default_factory=Spent)
    accept: Spent = field(default_factory=Spent)
    whole: dict[str, Spent] = field(default_factory=dict)
    """By kind of store."""
    crowd: Spent = field(default_factory=Spent)
    loaded: list[float] = field(default_factory=list)
    """Seconds that confirmations took under full load, in ascending order."""
    paced: list[float] = field(default_factory=list)
    """The same at a steady rate."""
    busy: int = 0
    idle: int = 0
    memory: int = 0
    """Bytes (PSS)."""
    bytes_a_case: float = 0.0
    case_list: float = 0.0
    open: float = 0.0
    """Seconds."""


Row = tuple[str, str, str, str, str]


def table(figures: Figures, rate: int) -> str:
    """Goal, figure, floor, aim, and the ratio to the stock server."""
    rows: list[Row] = [
        ("goal", "figure", "floor", "aim", "ratio"),
        ("stock aiosmtpd sink, no work, µs a mail", f"{figures.noop.each:.0f}", "", "", "1"),
        (
            "accepted durably, µs a mail", f"{figures.accept.each:.0f}", "× 1.2", "× 1.0",
            figures.accept.beside(figures.noop),
        ),
        *_end_to_end(figures),
        *_waits(figures, rate),
        (
            f"bytes in the store a case, {figures.staff} told", f"{figures.bytes_a_case / 1000:.1f} kB", "24 kB",
            "12 kB", "",
        ),
        ("`casebot case list` on a small store", f"{figures.case_list:.2f} s", "0.5 s", "0.25 s", ""),
        ("`casebot run` until both doors are open", f"{figures.open:.2f} s", "1.2 s", "0.7 s", ""),
        ("memory (PSS), idle", f"{figures.idle / 1e6:.0f} MB", "90 MB", "60 MB", ""),
        ("   with 500 kB attachments", f"{figures.memory / 1e6:.0f} MB", "160 MB", "120 MB", ""),
    ]  # fmt: skip
    return "\n".join(f"{a:<50}{b:>18}{c:>9}{d:>9}  {e}" for a, b, c, d, e in rows)


def _end_to_end(figures: Figures) -> Sequence[Row]:
    """Of each kind of store: the first is compared with the sink, the second with the first."""
    kinds = list(figures.whole)
    first = figures.whole[kinds[0]]
    floor, aim = ("350", "800") if figures.signed else ("400", "1,000")
    times, best = ("× 8", "× 4") if figures.signed else ("× 7", "× 3")
    rows: list[Row] = []
    for kind, spent in figures.whole.items():
        parts = " / ".join(f"{spent.of(part):.0f}" for part in ("main", "child", "server"))
        again = f", × {kinds[0]}: {spent.beside(first)}" if spent is not first else ""
        rows += [
            (
                f"end to end, µs a mail: {kind}",
                f"{spent.each:.0f}",
                times,
                best,
                spent.beside(figures.noop) + again,
            ),
            ("   main process / children / database server", parts, "", "", ""),
            ("   mails a second and core", f"{1e6 / spent.each:.0f}", floor, aim, ""),
            ("   mails a second, on the wall", f"{spent.mails / spent.seconds:.0f}", "", "", ""),
        ]
    if len(kinds) > 1:
        rows.append(("PostgreSQL beside SQLite", "", "× 1.8", "× 1.3", figures.whole[kinds[1]].beside(first)))
    crowd = zip(figures.crowd.rounds, first.rounds, strict=True)
    costs = [(many - few) / figures.more / 1000 for many, few in crowd]
    spread = f"[{min(costs):.2f}–{max(costs):.2f}]"
    told = f"one more specialist ({figures.staff} → {figures.staff + figures.more}), a mail"
    rows.append((told, f"{statistics.median(costs):.2f} ms", "0.3 ms", "0.1 ms", spread))
    return rows


def _waits(figures: Figures, rate: int) -> Sequence[Row]:
    return [
        (f"mail in to confirmation at {rate}/s, p50", _at(figures.paced, 50), "15 ms", "5 ms", ""),
        ("   p99", _at(figures.paced, 99), "60 ms", "15 ms", ""),
        ("senders faster than the desk: confirmation, p99", _at(figures.loaded, 99), "2 s", "0.5 s", ""),
        (f"   {figures.busy} times asked to come back; p50", _at(figures.loaded, 50), "", "", ""),
    ]


def _at(waits: list[float], percent: int) -> str:
    return f"{percentile(waits, percent) * 1000:.0f} ms"
