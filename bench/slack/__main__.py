"""Kills a house at Slack's door, again and again, and checks that every promise was kept."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.slack.aim import Aim
from bench.slack.board import Board
from bench.slack.book import Book
from bench.slack.house import CUSTOMER, SPECIALISTS, SlackHouse, workspace
from bench.slack.mail import Mailbox, Mailer
from bench.slack.people import Customer, Person, Specialist
from bench.slack.promises import Promises
from bench.slack.windows import WINDOWS, Windows
from bench.support import databases
from bench.support.databases import Look
from bench.support.kill_rounds import Result, die, drained
from rehearsal.slack.server import Server
from tests.support.mail.sink import Sink

OPENING, AT_RANDOM = 0.1, 0.25
"""Of the kills: while it opens; and at any moment. The others are aimed."""
AIMED = {"after_keep": 4, "after_effect": 1, "after_post": 1}
"""At what, and how often in proportion."""
AT_MOST = 1.2
"""Seconds of a life."""
HEARD = 0.05
"""Seconds until Slack has read what a dead house had said."""
RETRIES = 20.0
"""Seconds in which Slack has made its last try of an event, with the waits that `workspace` makes."""


def main() -> int:
    """``python -m bench.slack``; exit code 1 if a promise was broken."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="casebot-slack-") as name:
        result = kill(**vars(options), folder=Path(name), say=print)
    print(report(result))
    return 1 if result.broken else 0


def kill(
    kills: int,
    *,
    mode: str,
    store: str,
    seed: int,
    folder: Path,
    say: Callable[[str], None] = lambda line: None,
) -> Result[Book, Windows, Promises]:
    """Kill a house so many times under load, let it drain, and compare the books."""
    mailbox, began = Mailbox(), time.monotonic()
    with (
        databases.fresh(store, folder) as url,
        Sink(took=mailbox.took) as sink,
        workspace() as server,
        _nimble(),
    ):
        server.workspace.faults.add("duplicate")
        house, look = SlackHouse(folder / "house", server, url=url, relay=sink.port, mode=mode), Look(url)
        board, book = Board(server.workspace), Book(server.workspace.transcript)
        mailer, windows = Mailer(house.port, mailbox, seed=seed), Windows(book, look, board)
        house.open()
        people = _people(server, board, book, seed=seed)
        try:
            for one in (mailer, *people):
                one.start()
            dice = random.Random(seed)
            for number in range(1, kills + 1):
                _live(house, dice, Aim(house, server.workspace.transcript))
                die(house, look)
                time.sleep(HEARD)
                windows.look()
                house.start()
                if number % 20 == 0:
                    say(f"{number} kills, {sum(act.acked for act in book.acts()):,} acts acked")
            emptied = _drain(house, mailer, people, look=look, book=book)
            code = house.stop()
            promises = Promises(book, look, board, mails=(mailer, mailbox))
        finally:
            house.kill()
        return Result(book, windows, promises, kills, time.monotonic() - began, emptied, code)


@contextmanager
def _nimble() -> Iterator[None]:
    """Threads take turns often: who aims must not wait for who talks."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _people(server: Server, board: Board, book: Book, *, seed: int) -> list[Person]:
    desk = [Specialist(user, server.people, board, book, seed=seed) for user in SPECIALISTS]
    return [*desk, Customer(CUSTOMER, server.people, board, book, seed=seed)]


def _live(house: SlackHouse, dice: random.Random, aim: Aim) -> None:
    """Let it live for a moment that nobody foresees."""
    kind = dice.random()
    if kind < OPENING:
        time.sleep(dice.uniform(0.05, AT_MOST))
        return
    house.wait()
    time.sleep(dice.uniform(0.005, AT_MOST))
    if kind > OPENING + AT_RANDOM:
        getattr(aim, dice.choices(list(AIMED), list(AIMED.values()))[0])()


def _drain(house: SlackHouse, mailer: Mailer, people: list[Person], *, look: Look, book: Book) -> bool:
    """Let everybody finish what is in hand, Slack its tries, and the house everything."""
    house.wait()
    threads: list[Mailer | Person] = [mailer, *people]
    for one in threads:
        one.leaving.set()
    for one in threads:
        one.join(100)
    if failed := next((one.failed for one in people if one.failed), None):
        raise failed
    last = time.monotonic() + RETRIES
    while time.monotonic() < last and any(act.ts and not act.acked for act in book.acts()):
        time.sleep(0.1)
    return drained(look)


def report(result: Result[Book, Windows, Promises]) -> str:
    """All of it as a page of text."""
    book, windows, promises = result.book, result.windows, result.promises
    acts = promises.acts
    unheard = [act for act in acts if not act.acked]
    effects = sum(promises.effects[act.marker] > 0 for act in unheard)
    lines = [
        f"{result.kills} kills -9 of the whole process group in {result.seconds:.0f} s",
        f"{len(acts):,} acts in Slack, {len(acts) - len(unheard):,} of them acked; of the others {effects} took effect",
        f"{book.deliveries:,} deliveries (four of each at once, and Slack's own tries again), {book.acks:,} acks",
        f"{len(promises.losses)} lost, {len(promises.twice)} second effects",
        f"{len(promises.posted):,} notices and cards in Slack, {promises.copies:,} second copies; "
        f"{len(promises.cases)} cases, as many cards",
        "",
        *(f"{kind:<18}{count:>6}" for kind, count in _kinds(result).items()),
        "",
        f"{'window':<18}{'kills':>6}{'acts':>10}",
        *(f"{w:<18}{windows.kills[w]:>6}{windows.caught(w):>10}   {why}" for w, why in WINDOWS.items()),
        f"(about {OPENING:.0%} of the kills fell while the house opened, {AT_RANDOM:.0%} at random, the others were",
        "aimed: right after something was kept, had its effect, or was posted)",
        "",
        *result.verdict,
    ]
    return "\n".join(lines)


def _kinds(result: Result[Book, Windows, Promises]) -> dict[str, int]:
    """Acked acts of each kind."""
    acted = [act.kind for act in result.promises.acts if act.acked]
    return {kind: acted.count(kind) for kind in sorted(set(acted))}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.slack", description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--mode", choices=("socket", "http"), default="socket")
    parser.add_argument("--store", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
