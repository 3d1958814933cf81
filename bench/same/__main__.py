"""Runs two checkouts of casebot through the same day, and compares everything that people received."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from bench.proof.wrong_clock import wrong_clock
from bench.same import content
from bench.same.side import MONDAY, Cases, Side, filled
from bench.support import databases

WAVES, WAVE = 6, (timedelta(minutes=1), timedelta(minutes=19))
DAYS = (*WAVE, *[timedelta(hours=1)] * 6, *(timedelta(hours=15), *[timedelta(hours=3)] * 3) * 3)
"""Waves between the first and the last; steps of the clock after each wave, and before the last."""
STEP, QUIET = 1.5, 0.8
"""Seconds in which casebot looks for due timers, once a second; and without traffic, when all is done."""


def plan(count: int, seed: int) -> Cases:
    """Return the cases of a day, and what shows several of them as cases of their own."""
    day = tomllib.loads(Path(__file__).with_name("day.toml").read_text())
    dice = random.Random(seed)
    cases: Cases = []
    for name, verbs in day["verbs"].items():
        pairs = [(way, {"verb": verb, "text": verbs[verb]}) for way in day["ways"][name] for verb in verbs]
        day[name] += [filled(way, facts) for way, facts in pairs]
    for number in range(count):
        opening, ending = (day[name][number % len(day[name])] for name in ("openings", "endings"))
        own = day["customers_in_slack" if opening[0]["do"] == "in_slack" else "customers_by_mail"]
        acts = [*([act] for act in opening), *(dice.sample(day["team"] + own * 2, 2) for _ in range(WAVES))]
        user, staff = f"u{number:03}", ("sam", "kim", "mia")[number % 3]
        facts = {"marker": f"m{number:03}", "user": user, "address": f"{user}@acme.example", "staff": staff}
        cases.append((facts, [*acts[:WAVES], [ending], day["late"]]))
    nobody = {"marker": "none", "user": "nobody", "address": ""}
    return [*cases, *((dict(nobody), [*[[]] * WAVES, [act], [act]]) for act in day["lists"])]


def run_day(sides: list[Side]) -> list[content.Topics]:
    """Let both sides live through the same day at the same time; return what people received on each."""
    now, pool = MONDAY, ThreadPoolExecutor(len(sides))
    for wave in range(WAVES + 2):
        list(pool.map(Side.play, sides, [wave] * len(sides)))
        for step in DAYS if wave == WAVES else WAVE:
            now += step
            for nudges in range(3):  # casebot holds some changes for seconds, to show them together
                before = list(pool.map(Side.wait_until_idle, sides, [0.0] * len(sides)))
                for side in sides:
                    side.set_time(now + nudges * timedelta(seconds=10))
                time.sleep(STEP)
                if list(pool.map(Side.wait_until_idle, sides, [QUIET] * len(sides))) == before:
                    break
            list(pool.map(Side.look, sides))
    return list(pool.map(_ending, sides))


def _ending(side: Side) -> content.Topics:
    """Record each case as it is, and return the whole record."""
    markers, nobody = dict[str, str](), {"marker": ""}
    for case in json.loads(side.command_line(nobody, ["case", "list", "--json", "--limit", "100000"])):
        [number], marker = content.NUMBER.findall(json.dumps(case)), content.MARKER.search(json.dumps(case))
        markers[number] = marker[0] if marker else "without marker"
        side.command_line({"marker": markers[number]}, ["case", "show", number, "--json"])
    return content.topics(side.record, markers)


def main() -> int:
    """``python -m bench.same OLD NEW``: print the differences; exit code 1 if there are any."""
    parser = argparse.ArgumentParser(prog="bench.same", description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=(*databases.KINDS, "both"), default="sqlite")
    options = parser.parse_args()
    counts = [_compare(store, options) for store in databases.KINDS if options.store in (store, "both")]
    return int(any(counts))


def _compare(store: str, options: argparse.Namespace) -> int:
    """Print what differs in two plays, the second of the cases concerned; return how many differences."""
    every = {facts["marker"] for facts, _ in plan(options.cases, options.seed)}
    old, new = _played(store, options)
    topics = content.differing(old, new)
    print(f"{store}: {sum(map(len, old.values()))} lines, {len(topics)} of {len(old)} places differ")
    if topics:
        markers = {marker.rstrip("x") for _, marker in topics}
        old, new = _played(store, options, {*markers, "none"} if markers <= every else every)
        once, topics = topics - content.differing(old, new), topics & content.differing(old, new)
        for topic in sorted(once):
            print(f"the first time only: {', '.join(topic)}")
    differences = content.differences(old, new, topics)
    print(*differences, f"{store}: {len(differences)} differences", sep="\n", flush=True)
    return len(differences)


def _played(store: str, options: argparse.Namespace, chosen: set[str] | None = None) -> list[content.Topics]:
    """Let both checkouts live through the day of all or some cases; return what people received on each."""
    with tempfile.TemporaryDirectory(prefix="casebot-same-") as folder, ExitStack() as stack:
        sides = []
        for name, checkout in (("old", options.old), ("new", options.new)):
            place = Path(folder) / name
            place.mkdir()
            clock = wrong_clock() | {"TZ": "UTC", "FAKETIME_TIMESTAMP_FILE": str(place / "clock")}
            os.environ |= clock | {"FAKETIME_NO_CACHE": "1"}  # also for a server of PostgreSQL
            url = stack.enter_context(databases.fresh(store, place))
            cases = plan(options.cases, options.seed)
            cases = [case for case in cases if chosen is None or case[0]["marker"] in chosen]
            sides.append(stack.enter_context(Side(checkout.resolve(), place, url, cases)))
        for side in sides:
            side.wait()
            side.wait_until_idle(QUIET)
        record = run_day(sides)
        for side in sides:
            if not side.process or side.process.poll() is not None:
                raise RuntimeError(f"casebot ended:\n{side.log.read_text()[-4000:]}")
    never = set.intersection(*(side.asked - side.possible for side in sides)) if chosen is None else ()
    for act in sorted(never):
        print(f"never possible, so not compared: {act}")
    return record


if __name__ == "__main__":
    sys.exit(main())
