"""Reading: what a mail costs the child that reads it and its parent, over the bench's mix or a folder of mail."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from bench.support.mails import DESK, mix
from bot.channel.context import for_reading
from bot.channel.protocols import OWN, Context, Letter, Mailbox, Unreadable, line_hash
from bot.model.message import Attachment
from channels.email import Settings
from channels.email.sandbox.pool import ReaderPool

TOGETHER = 20
"""Mails that are read at once, as the intake of a busy house does."""
_SAID = """
    Hello Customer, thank you for your message. We have opened a case for it and will answer soon.
    Your case has the number CS-000123 and the subject Numbers differ.
    You can answer this mail, add files to it, or write #close when it is solved.
    All your cases and everything that was said are on this page.
    We answer between 9:00 and 18:00 from Monday to Friday.
"""
"""What we said to those who answer: their mails have lines to be compared with these."""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU microseconds a mail."""

    child: float
    parent: float
    unreadable: int
    """Mails that the child could not read."""


def main() -> int:
    """``python -m bench.speed.reading``: a line for each round, then the lowest of each column."""
    options = _options()
    letters = list(_folder(options.folder) if options.folder else _mixed(options.mails))
    if not letters:
        print("There is no mail.", file=sys.stderr)
        return 2
    costs = []
    print(f"{len(letters)} mails\n{'CPU µs a mail':<16}{'child':>10}{'parent':>10}{'unreadable':>12}")
    for number in range(options.rounds):
        costs.append(measured(letters))
        print(_row(f"round {number + 1}", costs[-1]), flush=True)
    lowest = Cost(
        min(cost.child for cost in costs),
        min(cost.parent for cost in costs),
        max(c.unreadable for c in costs),
    )
    print(_row("lowest", lowest))
    return 0


def measured(letters: Sequence[tuple[Letter, Context]]) -> Cost:
    """Read all of them in a child of its own, which has read some before."""
    house = for_reading(Settings(verify=False, children=1), (Mailbox(DESK, "Desk"),), receive=_kept)
    pool = ReaderPool(house)
    try:
        _read(pool, letters[: 5 * TOGETHER])
        before_child, before = _children(), time.thread_time()
        unreadable = _read(pool, letters)
        parent, child = time.thread_time() - before, _children() - before_child
    finally:
        pool.close()
    return Cost(child / len(letters) * 1e6, parent / len(letters) * 1e6, unreadable)


def _read(pool: ReaderPool, letters: Sequence[tuple[Letter, Context]]) -> int:
    results = (
        outcome
        for batch in _batches(letters)
        for outcome in pool.read([letter for letter, _ in batch], [context for _, context in batch])
    )
    return sum(isinstance(outcome, Unreadable) for outcome in results)


def _batches(letters: Sequence[tuple[Letter, Context]]) -> Iterator[Sequence[tuple[Letter, Context]]]:
    return (letters[start : start + TOGETHER] for start in range(0, len(letters), TOGETHER))


def _mixed(count: int) -> Iterator[tuple[Letter, Context]]:
    said = Context((b"".join(name + OWN for name in map(line_hash, _SAID.splitlines()) if name),))
    for number, mail in enumerate(mix(count, seed=1, prefix="r")):
        yield _letter(number, mail.raw, mail.sender), said if mail.parent else Context()


def _folder(folder: Path) -> Iterator[tuple[Letter, Context]]:
    for number, file in enumerate(sorted(folder.rglob("*.eml"))):
        yield _letter(number, file.read_bytes(), "customer@acme.example"), Context()


def _letter(number: int, raw: bytes, sender: str) -> Letter:
    envelope = {"door": "smtp", "peer": "127.0.0.1", "mail_from": sender, "rcpt_tos": [DESK], "mailbox": DESK}
    return Letter(number, "email", f"key-{number}", raw, envelope, datetime.now(UTC))


def _kept(stream: Iterable[bytes]) -> Attachment:
    """A file store without a disk, which would be measured otherwise."""
    data = b"".join(stream)
    return Attachment("", "", len(data), hashlib.sha256(data).hexdigest())


def _children() -> float:
    """CPU seconds of our children, from the scheduler: the system's clock ticks are too coarse."""
    pids = [child.pid for child in psutil.Process().children(recursive=True)]
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9


def _row(name: str, cost: Cost) -> str:
    return f"{name:<16}{cost.child:>10.0f}{cost.parent:>10.0f}{cost.unreadable:>12}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.speed.reading", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="of .eml files; without it the bench's mix")
    parser.add_argument("--mails", type=int, default=2000, help="of the mix")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
