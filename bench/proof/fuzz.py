"""Damaged mail through the real reader: nothing is raised, next to nothing is killed, nothing takes over a second."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.support.damaged_mails import DamagedMails
from bench.support.mails import DESK
from bot.channel.context import ChannelContext, for_reading
from bot.channel.protocols import Context, Letter, Mailbox, Unreadable
from bot.model.message import Attachment
from channels.email import Settings
from channels.email.sandbox.pool import ReaderPool

BATCH = 20
"""As many as the house reads at once."""
LONGEST = 1.0
"""Seconds that one mail may take."""
SUSPECT = 0.25
"""Seconds after which the mails of a batch are timed one by one."""
TRIES = 3
"""A mail is as slow as the fastest of its readings: the machine has other things to do."""
MOST_KILLED = 0.001
"""The share of mails that may kill the child."""
_DEATHS = ("timeout", "cpu", "memory", "crash")
FIXTURES = Path(__file__).parents[2] / "tests/data/mail"


@dataclass
class Findings:
    """What came of them."""

    mutants: int = 0
    uncaught: list[str] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    slowest: float = 0.0
    seconds: float = 0.0

    @property
    def broken(self) -> bool:
        return bool(self.uncaught or self.slow or len(self.killed) > self.mutants * MOST_KILLED)


def main() -> int:
    """``python -m bench.proof.fuzz --mutants 50000 [--seed N] [DIR…]``; 1 if a promise is broken."""
    options = _options()
    findings = fuzz(seeds(options.folders), options.mutants, seed=options.seed, first=options.first)
    print(report(findings))
    return int(findings.broken)


def seeds(folders: Iterable[Path]) -> list[bytes]:
    """Our own fixtures, and every mail in the folders, in the order of their names."""
    files = [path for folder in (FIXTURES, *folders) for path in sorted(folder.rglob("*"))]
    return [path.read_bytes() for path in files if path.suffix in (".eml", ".txt", "") and path.is_file()]


def fuzz(mails: list[bytes], count: int, *, seed: int, first: int = 0) -> Findings:
    """Read so many mutants, in batches."""
    mutants, findings = DamagedMails(mails, seed=seed), Findings()
    reader = ReaderPool(_context())
    began = time.monotonic()
    try:
        for start in range(first, first + count, BATCH):
            numbers = range(start, min(start + BATCH, first + count))
            _batch(reader, {number: mutants.mutant(number) for number in numbers}, findings)
    finally:
        reader.close()
    findings.seconds = time.monotonic() - began
    return findings


def _batch(reader: ReaderPool, raws: dict[int, bytes], findings: Findings) -> None:
    began = time.perf_counter()
    results = reader.read([_letter(raw) for raw in raws.values()], [Context()] * len(raws))
    spent = time.perf_counter() - began
    findings.mutants += len(raws)
    for number, result in zip(raws, results, strict=True):
        if isinstance(result, Unreadable):
            kind = findings.killed if result.why.startswith(_DEATHS) else findings.uncaught
            kind.append(f"mutant {number}: {result.why}")
    for number, raw in raws.items() if spent > SUSPECT else ():
        if (seconds := _timed(reader, raw)) > LONGEST:
            findings.slow.append(f"mutant {number}: {seconds:.2f} s")
        findings.slowest = max(findings.slowest, seconds)
    if spent <= SUSPECT:
        findings.slowest = max(findings.slowest, spent / len(raws))


def _timed(reader: ReaderPool, raw: bytes) -> float:
    """Seconds for one mail alone, the hand-over to the child included."""
    fastest = float("inf")
    for _ in range(TRIES):
        began = time.perf_counter()
        reader.read([_letter(raw)], [Context()])
        fastest = min(fastest, time.perf_counter() - began)
        if fastest < LONGEST / 4:
            break
    return fastest


def _letter(raw: bytes) -> Letter:
    envelope = {"door": "smtp", "peer": "192.0.2.9", "mail_from": "ana@acme.example", "rcpt_tos": [DESK]}
    return Letter(1, "email", "key", raw, envelope, datetime.now(UTC))


def _context() -> ChannelContext[Settings]:
    """What a reader needs of one: it keeps no file."""

    def receive(stream: Iterable[bytes]) -> Attachment:
        return Attachment("", "", sum(map(len, stream)), "0" * 64)

    boxes = (Mailbox(DESK, "Acme Support", authserv_id="mx.desk.example"),)
    return for_reading(Settings(), boxes, receive=receive)


def report(findings: Findings) -> str:
    """One line for each figure, then the first mails that broke a promise."""
    share = 100 * len(findings.killed) / max(findings.mutants, 1)
    rate = findings.mutants / max(findings.seconds, 1e-9)
    lines = [
        f"{findings.mutants:,} mutants in {findings.seconds:.0f} s ({rate:,.0f} a second)",
        f"uncaught  {len(findings.uncaught)} (none may be)",
        f"killed    {len(findings.killed)} ({share:.3f} %, {MOST_KILLED:.1%} may be)",
        f"over {LONGEST:g} s  {len(findings.slow)} (none may be); slowest {findings.slowest:.2f} s",
    ]
    return "\n".join([*lines, *findings.uncaught[:20], *findings.killed[:20], *findings.slow[:20]])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.proof.fuzz", description=__doc__)
    parser.add_argument("--mutants", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--first", type=int, default=0, help="the number of the first: 1 mutant from there is one again"
    )
    parser.add_argument("folders", nargs="*", type=Path, help="mails to damage besides our own fixtures")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
