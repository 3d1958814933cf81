"""casebot beside what people would use instead, on the same mails in the same run."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.peers.batch import Batch, Missing, Peer
from bench.peers.servers import SERVERS
from bench.peers.trackers import TRACKERS

PEERS = {**SERVERS, **TRACKERS}
OURS, SINK = "casebot", "aiosmtpd sink"
GOALS = {"django-helpdesk": "6 / 10", "Roundup, 10,000 rounds": "8 / 15", "Request Tracker 5": "60 / 120"}
"""How many times as much as casebot they are to cost: floor and aim."""


@dataclass
class Outcome:
    """What a peer cost in each pass, and what it had in the end."""

    spent: list[float] = field(default_factory=list)
    """ms of CPU a mail."""
    has: Mapping[str, int] = field(default_factory=dict)


def main() -> int:
    """``python -m bench.peers``; a peer that cannot be had is named."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="casebot-peers-") as place:
        folder = Path(place)
        cache = Path(options.folder) if options.folder else folder / "cache"
        outcomes, missing = run(
            options.peers or list(PEERS), passes=options.passes, mails=options.mails, folder=folder, cache=cache,
            say=lambda line: print(line, file=sys.stderr, flush=True),
        )  # fmt: skip
    print(table(outcomes, mails=options.mails))
    for name, why in missing.items():
        print(f"not there: {name} ({why})")
    return 0


def run(
    names: Sequence[str],
    *,
    passes: int,
    mails: int,
    folder: Path,
    cache: Path,
    say: Callable[[str], None] = lambda line: None,
) -> tuple[Mapping[str, Outcome], Mapping[str, str]]:
    """Each pass is taken by one after the other; who begins changes. And who could not be had, and why."""
    opened: dict[str, Peer] = {}
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        for name in names:
            try:
                place = folder / f"peer{len(opened) + len(missing)}"
                opened[name] = stack.enter_context(PEERS[name](place, cache))
            except Missing as error:
                missing[name] = str(error)
            say(f"{name}: {missing.get(name, 'ready')}")
        outcomes = {name: Outcome() for name in opened}
        for number in range(1, passes + 1):
            batch = Batch.written(folder, count=mails, number=number)
            order, turn = list(opened), number % max(len(opened), 1)
            for name in order[turn:] + order[:turn]:
                before = opened[name].cpu()
                outcomes[name].has = opened[name].take(batch)
                outcomes[name].spent.append((opened[name].cpu() - before) / mails * 1000)
                say(f"pass {number}, {name}: {outcomes[name].spent[-1]:.2f} ms a mail")
    return outcomes, missing


def table(outcomes: Mapping[str, Outcome], *, mails: int) -> str:
    """ms a mail, and times the sink and casebot: the median of the passes, the least and the greatest."""
    rows = [
        f"{'CPU a mail, ms':<26}{'median [spread]':>24}{'× sink':>22}{'× casebot':>22}  floor / aim   has"
    ]
    for name, outcome in outcomes.items():
        ratios = [
            _spread([mine / its for mine, its in zip(outcome.spent, other.spent, strict=True) if its])
            for other in (outcomes.get(SINK), outcomes.get(OURS))
            if other
        ]
        sink, ours = ["", "", *ratios][-2:]
        has = ", ".join(f"{count:,} {what}" for what, count in outcome.has.items())
        rows.append(
            f"{name:<26}{_spread(outcome.spent):>24}{sink:>22}{ours:>22}  {GOALS.get(name, ''):<13} {has}"
        )
    passes = max((len(outcome.spent) for outcome in outcomes.values()), default=0)
    return "\n".join([*rows, f"{passes} passes of {mails} mails"])


def _spread(values: Sequence[float]) -> str:
    if not values:
        return ""
    digits = 2 if max(values) < 20 else 1
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} [{least:.{digits}f}–{most:.{digits}f}]"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.peers", description=__doc__)
    parser.add_argument(
        "peers", nargs="*", metavar="PEER", help=f"of {', '.join(PEERS)}; all of them without a name"
    )
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--mails", type=int, default=600, help="in each pass, to each")
    parser.add_argument("--folder", default="", help="keeps what was installed for the next time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
