"""Kills a house under load, again and again, and checks that every promise was kept."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.kill.ledger import Ledger, Sender
from bench.kill.promises import Promises
from bench.kill.windows import WINDOWS, Windows
from bench.support import databases
from bench.support.databases import Look
from bench.support.house import House
from bench.support.kill_rounds import Result, die, drained
from tests.support.mail.sink import Sink

SENDERS = 8
OPENING, AIMED = 0.1, 0.25
"""Of the kills: while it opens; and right after the relay has taken a notice, which chance seldom hits."""
AT_MOST = 0.8
"""Seconds of a life."""
GATHER = 2
"""Seconds for which notices wait for company: some lives end meanwhile."""


def main() -> int:
    """``python -m bench.kill``; exit code 1 if a promise was broken."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="casebot-kill-") as folder:
        result = kill(options.kills, store=options.store, seed=options.seed, folder=Path(folder), say=print)
    print(report(result))
    return 1 if result.broken else 0


def kill(
    kills: int, *, store: str, seed: int, folder: Path, say: Callable[[str], None] = lambda line: None
) -> Result[Ledger, Windows, Promises]:
    """Kill a house so many times under load, let it drain, and compare the books."""
    ledger, began = Ledger(seed), time.monotonic()
    with databases.fresh(store, folder) as url, Sink(took=ledger.took) as sink:
        house, look = House(folder / "house", url=url, relay=sink.port, staff=1, gather=GATHER), Look(url)
        windows = Windows(ledger, look)
        house.open()
        senders = [Sender(number, ledger, house.port, seed=seed) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        dice = random.Random(seed)
        try:
            for number in range(1, kills + 1):
                _live(house, ledger, dice)
                die(house, look)
                windows.look()
                house.start()
                if number % 20 == 0:
                    say(f"{number} kills, {len(ledger.acknowledged):,} acknowledged")
            emptied = _drain(house, senders, look)
            code = house.stop()
            promises = Promises(ledger, look)
        finally:
            house.kill()
        return Result(ledger, windows, promises, kills, time.monotonic() - began, emptied, code)


def _live(house: House, ledger: Ledger, dice: random.Random) -> None:
    """Let it live for a moment that nobody foresees."""
    kind = dice.random()
    if kind < OPENING:
        time.sleep(dice.uniform(0.05, AT_MOST))
        return
    house.wait()
    time.sleep(dice.uniform(0.005, AT_MOST))
    if kind < OPENING + AIMED:
        ledger.news.clear()
        ledger.news.wait(2)


def _drain(house: House, senders: list[Sender], look: Look) -> bool:
    """Let the senders finish the message in hand, and the house everything."""
    house.wait()
    for sender in senders:
        sender.leaving.set()
    for sender in senders:
        sender.join(60)
    return drained(look)


def report(result: Result[Ledger, Windows, Promises]) -> str:
    """All of it as a page of text."""
    ledger, windows, promises = result.book, result.windows, result.promises
    posted = {row.message_id for row in promises.notices}
    within = sum(row.outcome == "gathered" for row in promises.notices)
    lines = [
        f"{result.kills} kills -9 of the whole process group in {result.seconds:.0f} s",
        f"{len(ledger.acknowledged):,} messages acknowledged, {ledger.resent:,} of them sent more than once",
        f"{len(promises.losses)} lost, {len(promises.twice)} second effects",
        f"{len(posted):,} notices in the outbox, {within:,} of them within another's mail",
        f"{len(ledger.delivered):,} distinct Message-IDs at the relay, "
        f"{ledger.copies - len(ledger.delivered):,} second copies (allowed)",
        "",
        f"{'window':<18}{'kills':>6}{'messages':>10}",
        *(f"{w:<18}{windows.kills[w]:>6}{windows.caught(w):>10}   {why}" for w, why in WINDOWS.items()),
        f"({windows.kept_unanswered} of those before 250 were kept already; about {AIMED:.0%} of the kills were "
        "aimed at a notice that the relay",
        f"has just taken, {OPENING:.0%} fell while the house opened, the others at random)",
        "",
        *result.verdict,
    ]
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--store", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
