"""What operators ask a store, each as their command, page or probe asks it, and how long that takes."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bench.growth.template import MARK
from bench.support import cost
from bench.support.house import STAFF_ADDRESS
from bot.app import App, open_app
from bot.channel.installed import sections
from bot.commands.browse import CaseListing, My, Queue, Search
from bot.config.load import Config, load
from bot.links.tokens import Links
from bot.queries.case_detail import ShowCase
from bot.queries.case_lists import CaseLists
from bot.queries.lists import HealthNow, ListCases, ListInbox, ListOutbox
from bot.reports.period import period
from bot.reports.report import ReportOf
from store.people import person

TIMES = 20
LONG = 4.0
"""Seconds after which a question is not asked again, once it was asked twice."""
WHOLE = 100_000
"""Cases on the one page of a queue that somebody wants whole."""

Ask = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Took:
    """What a question took, each time that it was asked."""

    wall: tuple[float, ...]
    """Seconds, in ascending order."""
    cpu: float
    """Seconds each, of this process and the database's server."""
    memory: int
    """Bytes that this process had at most, above what it had before."""

    def at(self, percent: int) -> float:
        """Milliseconds that so many percent of the times were not longer than."""
        return cost.percentile(self.wall, percent) * 1000


def asked(config: Config, texts: Sequence[str], *, server: int, case: int) -> Mapping[str, Took]:
    """Ask all of them, while the house is not open.

    ``texts``: what was said in cases; ``server``: the database's process, or 0; ``case``: a number that there is.
    """
    with _open(config) as app:
        questions = dict(_questions(app, config, _usual(texts), case=case))
        return {name: _timed(ask, server) for name, ask in questions.items()}


@contextmanager
def _open(config: Config) -> Iterator[App]:
    with open_app(config) as app:
        yield app


def read_config(file: Any) -> Config:
    """The config of a house."""
    return load(file, sections())


def _usual(texts: Sequence[str]) -> list[str]:
    """The most usual words of some length, the first of them first."""
    words = Counter(word for text in texts for word in set(re.findall(r"[a-z]{5,}", text.lower())))
    return [word for word, _ in words.most_common(20) if word != MARK]


def _questions(app: App, config: Config, usual: Sequence[str], *, case: int) -> Iterator[tuple[str, Ask]]:
    desk = app.desk
    now = datetime.now(UTC)
    customer = "customer1@acme0.example"

    def lists(command: CaseListing, address: str = STAFF_ADDRESS) -> Ask:
        return partial(desk.ask, CaseLists(config, "email", address, (command,), now))

    def report(since: str) -> Ask:
        return partial(desk.ask, ReportOf(config, period(since, "", now=now, zone=config.zone), now, "", ""))

    old = f"{MARK}0-000003"
    yield "case list", partial(desk.ask, ListCases())
    for state in ("new", "closed"):
        yield f"case list --state {state}", partial(desk.ask, ListCases(state=state))
    yield "case list --held", partial(desk.ask, ListCases(held=True))
    yield "case show", partial(desk.ask, ShowCase(case))
    yield "inbox list", partial(desk.ask, ListInbox())
    yield "inbox list --shunted", partial(desk.ask, ListInbox(outcome="shunted"))
    yield "outbox list", partial(desk.ask, ListOutbox())
    yield "outbox list --dead", partial(desk.ask, ListOutbox(outcome="dead"))
    yield "health", partial(desk.ask, HealthNow(now))
    yield "search, a common word", lists(Search(usual[0]))
    yield "search, two common words", lists(Search(" ".join(usual[:2])))
    yield "search, common and rare and old", lists(Search(f"{usual[0]} {old}"))
    yield "search, rare", lists(Search(old))
    yield "search, nothing", lists(Search("qqxyzzy"))
    yield "my cases", lists(My("all"), customer)
    yield "web: my cases", _page(app, config, customer)
    yield "queue", lists(Queue())
    yield "queue, whole", lists(Queue(size=WHOLE))
    for since in ("7d", "30d", "365d"):
        yield f"report {since}", report(since)
    yield "sweep", app.clock.tick
    yield "metrics", lambda: list(app.metrics.collect())


def _page(app: App, config: Config, address: str) -> Ask:
    """The page that a customer's link to all their cases leads to."""
    with app.database.reading() as tx:
        holder = person.find(tx, "email", address)
    assert holder, address
    links = Links([secret.get_secret_value() for secret in config.desk.secrets])
    return partial(app.desk.page, "my", links.page_token("my", holder.id))


def _timed(ask: Ask, server: int) -> Took:
    resident = cost.resident_from_here()
    ask()  # what is compiled and cached at first is no matter of size
    walls: list[float] = []
    before = time.process_time() + _spent(server)
    while len(walls) < TIMES and (len(walls) < 2 or sum(walls) < LONG):
        began = time.perf_counter()
        ask()
        walls.append(time.perf_counter() - began)
    cpu = time.process_time() + _spent(server) - before
    return Took(tuple(sorted(walls)), cpu / len(walls), cost.most_resident() - resident)


def _spent(server: int) -> float:
    return cost.cpu_of_tree(server) if server else 0.0
