"""Tells random stories full of canaries, and counts the words that reached a place they were not meant for."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog

from bench.support import databases
from tests.support.stories import storyteller
from tests.support.stories.account import Account
from tests.support.stories.town import Town

SLOTS = 6
"""Stories at the same time."""
MODES = ("socket", "http")


def main() -> int:
    """``python -m bench.proof.canary``; exit code 1 if a promise was broken."""
    options = _options()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="casebot-canary-") as folder:
        account = tell(**vars(options), folder=Path(folder), say=partial(print, flush=True))
    print(f"{options.stories} stories of seed {options.seed}, {options.mode} mode, {options.store}")
    print(report(account))
    return 1 if account.broken else 0


def tell(
    stories: int,
    *,
    mode: str,
    store: str,
    seed: int,
    folder: Path,
    say: Callable[[str], None] = lambda line: None,
) -> Account:
    """Let so many stories happen in a town of their own."""
    with databases.fresh(store, folder) as url, Town(url, folder, slots=SLOTS, mode=mode) as town:
        return storyteller.tell(town, storyteller.seeds(seed, stories), say=say)


def report(account: Account) -> str:
    """All of it as a page of text."""
    steps, looked = account.steps, account.looked
    lines = [
        f"{account.stories} stories, {sum(steps.values()):,} steps in {account.seconds:.0f} s",
        f"{account.secret:,} internal words; {account.public:,} public words, due at {account.places:,} places",
        f"looked at: {', '.join(f'{count:,} {what}' for what, count in sorted(looked.items()))}",
        "",
        *(f"{kind:<32}{count:>6}" for kind, count in sorted(steps.items())),
        "",
        *account.broken[:50],
        f"{len(account.leaks)} internal words leaked, {len(account.missed)} promises about public words broken, "
        f"{len(account.off)} stories broke off",
        f"{len(account.broken)} PROMISES BROKEN" if account.broken else "every promise kept",
    ]
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.proof.canary", description=__doc__)
    parser.add_argument("--stories", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--mode", choices=MODES, default="socket")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
