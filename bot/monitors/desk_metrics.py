"""Gauges for monitoring: the desk's figures, read when asked for, and what this process holds."""

from __future__ import annotations

import platform
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import product
from typing import Any

import structlog
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from bot.channel.capabilities import Connecting, Observable
from bot.channel.protocols import Channel
from bot.runtime.metrics import DESK, PROCESS
from store import desk_figures
from store.desk_figures import DeskFigures, OverdueRows, WaitingRows
from store.engine.database import Database

log = structlog.get_logger("metrics")
FRESH = 5.0
"""Seconds for which figures that were read once are good: who asks more often, asks in vain."""
QUEUED, RETRYING = "queued", "retrying"
Values = Mapping[Any, float]
"""By the values of the labels, a tuple."""


@dataclass(frozen=True, slots=True)
class HouseParts:
    """What the gauges are about."""

    database: Database
    channels: Mapping[str, Channel]
    """Those that are open; filled after this is made."""
    priorities: Sequence[str]
    delivered: Mapping[str, datetime]
    """When each channel last took something from this process."""
    in_hand: Callable[[], Mapping[str, int]]
    """Leases that this process holds, by queue."""
    faults: Sequence[Callable[[], str]]
    """Looks at what does not work just now."""
    folder: str
    """On the disk that has to have room."""
    min_free: int
    now: Callable[[], datetime]


class DeskMetrics:
    """The gauges of a desk, each made at the moment of asking; a store that is away is a gauge, too."""

    def __init__(self, parts: HouseParts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._figures: DeskFigures | None = None
        self._read_at = float("-inf")

    def collect(self) -> Iterator[Metric]:
        """All of them; raises nothing."""
        figures = self._fresh()
        yield gauge(
            "casebot_store_up", f"1 while the store can be read. {PROCESS}", {(): figures is not None}
        )
        yield from self._process()
        if figures is not None:
            yield from self._queues(figures)
            yield from self._cases(figures)

    def _fresh(self) -> DeskFigures | None:
        """The figures, a few seconds old at most; None if the store does not answer."""
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH:
                self._figures, self._read_at = self._read(), time.monotonic()
            return self._figures

    def _read(self) -> DeskFigures | None:
        try:
            with self._parts.database.reading() as tx:
                return desk_figures.read(tx, now=self._parts.now())
        except Exception as error:
            log.warning("the desk's figures cannot be read", error=type(error).__name__)
            return None

    def _process(self) -> Iterator[Metric]:
        parts = self._parts
        yield _build(parts.database)
        yield from _connections(parts.channels)
        times = {(name,): at.timestamp() for name, at in sorted(parts.delivered.items())}
        about = f"When this process last delivered something to a channel. {PROCESS}"
        yield gauge("casebot_last_delivery_timestamp_seconds", about, times, ["channel"])
        held = {(queue,): count for queue, count in parts.in_hand().items()}
        yield gauge("casebot_leases_held", f"Rows that this process works on. {PROCESS}", held, ["queue"])
        wrong = sum(1 for look in list(parts.faults) if look())
        yield gauge(
            "casebot_faults", f"Things that do not work just now: /readyz names them. {PROCESS}", {(): wrong}
        )
        yield from _disk(parts.folder, parts.min_free)

    def _queues(self, figures: DeskFigures) -> Iterator[Metric]:
        names = sorted(self._parts.channels)
        yield from self._queue("inbox", "source", figures.inbox, names, whys=(QUEUED, RETRYING))
        yield from self._queue(
            "outbox", "channel", figures.outbox, names, whys=(QUEUED, RETRYING, "gathering")
        )
        aside = {(outcome,): figures.set_aside.get(outcome, 0) for outcome in ("aside", "shunted")}
        about = "Messages kept without a case: set aside with a reason, or shunted because nothing could read them"
        yield gauge("casebot_inbox_set_aside", f"{about}. {DESK}", aside, ["outcome"])
        dead = {(name,): figures.dead.get(name, 0) for name in sorted({*names, *figures.dead})}
        about = f"Deliveries given up, of those written in the last seven days. {DESK}"
        yield gauge("casebot_outbox_dead", about, dead, ["channel"])
        yield from self._late("casebot_timers_due", "Timers that are due and not done yet", figures.timers)

    def _queue(
        self,
        queue: str,
        label: str,
        rows: Iterable[WaitingRows],
        names: Sequence[str],
        *,
        whys: Sequence[str],
    ) -> Iterator[Metric]:
        """How many wait for what, and how old the oldest is that nothing but us keeps waiting."""
        counts = dict.fromkeys(product(names, whys), 0.0)
        ages: dict[tuple[str, ...], float] = {(name,): 0.0 for name in names}
        for row in rows:
            counts[row.of, row.why] = row.number
            if row.why != "gathering":
                ages[(row.of,)] = max(ages.get((row.of,), 0.0), self._age(row.oldest))
        about = f"What waits in the {queue}, counted up to {desk_figures.MOST}. {DESK}"
        yield gauge(f"casebot_{queue}_waiting", about, counts, [label, "why"])
        about = f"Age of the oldest of them that waits for no company. {DESK}"
        yield gauge(f"casebot_{queue}_oldest_seconds", about, ages, [label])

    def _cases(self, figures: DeskFigures) -> Iterator[Metric]:
        open_cases = dict.fromkeys(product(desk_figures.STATES, self._parts.priorities), 0.0)
        for row in figures.cases:
            if not row.held:
                open_cases[row.state, row.priority] = row.number
        yield gauge("casebot_cases", f"Active cases. {DESK}", open_cases, ["state", "priority"])
        held = sum(row.number for row in figures.cases if row.held)
        yield gauge("casebot_cases_held", f"Held cases: somebody has to accept them. {DESK}", {(): held})
        targets = dict.fromkeys(product(desk_figures.KINDS, desk_figures.STANDINGS), 0.0) | {
            row[:2]: row.number for row in figures.targets
        }
        about = f"Targets of service levels that run now: at_risk was warned of. {DESK}"
        yield gauge("casebot_sla_targets", about, targets, ["kind", "standing"])
        missed = {(kind,): count for kind, count in figures.missed.items()}
        yield gauge("casebot_sla_missed_last_day", f"Targets missed in 24 hours. {DESK}", missed, ["kind"])
        yield from self._late("casebot_concerns_untaken", "Concerns that nobody took", figures.concerns)

    def _late(self, name: str, about: str, late: OverdueRows) -> Iterator[Metric]:
        yield gauge(name, f"{about}. {DESK}", {(): late.number})
        yield gauge(
            f"{name}_oldest_seconds", f"Age of the oldest of them. {DESK}", {(): self._age(late.oldest)}
        )

    def _age(self, since: datetime | None) -> float:
        return max((self._parts.now() - since).total_seconds(), 0.0) if since else 0.0


def gauge(name: str, about: str, values: Values, labels: Sequence[str] = ()) -> Metric:
    """A gauge with a value for each set of labels."""
    family = GaugeMetricFamily(name, about, labels=labels)
    for label_values, value in values.items():
        family.add_metric(label_values, value)
    return family


def _build(database: Database) -> Metric:
    family = InfoMetricFamily("casebot_build", f"What runs here. {PROCESS}")
    about = {
        "version": version("casebot"),
        "python": platform.python_version(),
        "store": database.engine.dialect.name,
    }
    family.add_metric([], about)
    return family


def _connections(channels: Mapping[str, Channel]) -> Iterator[Metric]:
    conditions = {n: c.condition().connected for n, c in channels.items() if isinstance(c, Observable)}
    standing = {(name,): float(up) for name, up in conditions.items() if up is not None}
    about = f"1 while a channel's connection stands. {PROCESS}"
    yield gauge("casebot_channel_connected", about, standing, ["channel"])
    boxes = {
        (name, address): float(up)
        for name, channel in channels.items()
        if isinstance(channel, Connecting)
        for address, up in channel.connections().items()
    }
    about = f"1 while a mailbox that is fetched is connected. {PROCESS}"
    yield gauge("casebot_mailbox_connected", about, boxes, ["channel", "mailbox"])


def _disk(folder: str, min_free: int) -> Iterator[Metric]:
    yield gauge("casebot_disk_min_free_bytes", f"[store] min_free. {PROCESS}", {(): min_free})
    try:
        disk = shutil.disk_usage(folder)
    except OSError:  # the folder is made with the first file
        return
    yield gauge("casebot_disk_free_bytes", f"Free on the disk of the file store. {PROCESS}", {(): disk.free})
    yield gauge("casebot_disk_size_bytes", f"Size of that disk. {PROCESS}", {(): disk.total})
