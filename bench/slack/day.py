"""A dense day in Slack: 30 people, one triage channel, rate limits, refused calls, an outage, and kills.

Everybody acts every 8 to 40 seconds. Messages are short, long (up to 40,000 characters), or carry a file: small, empty,
huge, external or deleted. Slack refuses every post of some messages with a code that is permanent or unknown.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from bench.slack.day_faults import Faults
from bench.slack.day_people import Town, unfinished
from bench.slack.day_watch import Watch, in_triage
from bench.slack.house import SlackHouse
from bench.slack.town import CHANNELS, MANAGERS, SPECIALISTS, accounts, workspace
from bench.support import databases
from bench.support.databases import Look
from bench.support.relay import Relay
from rehearsal.slack.wire.wire import Json

BEHIND = 60.0
"""Seconds that a delivery may wait behind a failing one."""
SLACK = 3.0
"""Seconds by which these are measured too long: the store is looked at twice a second."""


def main() -> int:
    """``python -m bench.slack.day``: print a table.

    Exit code 1 if the process ended by itself, or anything was lost, doubled, shortened, leaked, held up or not done.
    """
    options = _options()
    with (
        tempfile.TemporaryDirectory(prefix="casebot-day-") as folder,
        databases.fresh(options.store, Path(folder)) as url,
        Relay() as relay,
        workspace() as server,
    ):
        house = SlackHouse(
            Path(folder) / "house", server, url=url, relay=relay.port, mode=options.mode,
            specialists=(*SPECIALISTS, *MANAGERS), more=accounts(),
        )  # fmt: skip
        house.config.write_text(house.config.read_text().replace('undo = "0s"', f'undo = "{options.undo}"'))
        try:
            house.open()
            town = Town(server, seed=options.seed)
            town.open_cases(options.cases)
            return _measure(town, house, options)
        finally:
            house.kill()
            if options.log:
                Path(options.log).write_bytes(house.log.read_bytes())


def _measure(town: Town, house: SlackHouse, options: argparse.Namespace) -> int:
    town.server.workspace.app.limits = True
    seconds = options.minutes * 60
    since = town.server.workspace.transcript.entries()[-1]["seq"]
    kills = [seconds * (number + 1) / (options.kills + 1) for number in range(options.kills)]
    faults = Faults(town, house, seed=options.seed, kills=kills)
    watch = Watch(town, Look(house.url), faults.outages)
    outage = threading.Timer(
        max(seconds * 0.4 - options.away / 2, 0), faults.take_slack_down, (options.away,)
    )
    for thread in (faults, watch, outage):
        thread.start()
    town.live(seconds)
    outage.join()
    faults.over.set()
    faults.join()
    town.server.workspace.faults.clear("ratelimited")
    deadline = time.monotonic() + options.patience
    while not watch.see() and time.monotonic() < deadline:
        faults.look()
        time.sleep(0.5)
    drained = time.monotonic() - deadline + options.patience
    watch.over.set()
    watch.join()
    calls = town.server.workspace.transcript.entries("call", since=since)
    print(f"{drained:.0f} s after the day {len(unfinished(town.day.lines))} messages had not arrived")
    return _report(town, faults, watch, calls, options)


def _report(town: Town, faults: Faults, watch: Watch, calls: list[Json], options: argparse.Namespace) -> int:
    day = town.day
    print(
        f"{options.cases} cases, {len(CHANNELS)} customers, {len(SPECIALISTS)} specialists, {len(MANAGERS)} managers; "
        f"{options.minutes:g} minutes, Slack away for {options.away:g} s ({options.mode}, {options.store}, "
        f"seed {options.seed})"
    )
    print("acts          " + ", ".join(f"{name} {count}" for name, count in day.acts.most_common()))
    print("faults        " + ", ".join(f"{name} {count}" for name, count in faults.caused.most_common()))
    _print_calls(calls, sum(day.acts.values()))
    print(f"connected     {faults.back:.1f} s after the outage")
    _print_waits("in triage", watch, in_triage(day.lines))
    _print_waits("replies", watch, [line for line in day.lines if line.kind == "reply" and not line.refused])
    held = watch.held_seconds()
    print(f"held          {len(held)} deliveries behind a failing one, longest {max(held, default=0):.0f} s")
    print(f"refused       {sum(line.refused for line in day.lines)} messages that Slack refuses for good")
    found = {
        "ended by itself": [log.strip().rpartition("\n")[2] for log in faults.ended],
        **watch.faults(),
        f"held over {BEHIND:.0f} s": [f"{wait:.0f} s" for wait in held if wait > BEHIND + SLACK],
        "not done": day.not_done,
    }
    print("; ".join(f"{name} {len(each)} {each[:5] or ''}".rstrip() for name, each in found.items()))
    return int(any(found.values()) or not day.acts)


def _print_calls(calls: list[Json], acts: int) -> None:
    done = Counter(str(call["method"]) for call in calls if call["ok"])
    named = ", ".join(f"{method} {count}" for method, count in done.most_common())
    print(f"calls         {sum(done.values())}, {sum(done.values()) / max(acts, 1):.2f} an act: {named}")
    limited = Counter(str(call["method"]) for call in calls if call["status"] == 429)
    named = ", ".join(f"{method} {count}" for method, count in limited.most_common())
    other = Counter(str(call["error"]) for call in calls if not call["ok"] and call["status"] != 429)
    print(f"refused       {sum(limited.values())} with 429 ({named}); others: {dict(other)}")


def _print_waits(name: str, watch: Watch, lines: list) -> None:  # type: ignore[type-arg]
    for label, waits in zip(("", " (over an outage)"), watch.waits(lines), strict=True):
        if waits:
            p50, p90 = (waits[int((len(waits) - 1) * share)] for share in (0.5, 0.9))
            print(
                f"{name + label:<14} {len(waits)}: p50 {p50:.1f} s, p90 {p90:.1f} s, longest {waits[-1]:.1f} s"
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.slack.day", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--away", type=float, default=35, metavar="SECONDS", help="how long Slack is away")
    parser.add_argument(
        "--patience",
        type=float,
        default=600,
        metavar="SECONDS",
        help="how long messages may arrive afterwards",
    )
    parser.add_argument("--kills", type=int, default=2, help="kill -9 of casebot, evenly spread")
    parser.add_argument("--cases", type=int, default=66)
    parser.add_argument("--undo", default="5s", help="[desk] undo_send")
    parser.add_argument("--mode", choices=("socket", "http"), default="socket")
    parser.add_argument("--store", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", default="", metavar="FILE", help="keep casebot's log")
    options = parser.parse_args()
    if options.away > options.minutes * 60:
        parser.error("Slack cannot be away for longer than the day: give more --minutes")
    return options


if __name__ == "__main__":
    sys.exit(main())
