"""Health: ``/healthz`` (the process), ``/readyz`` and ``/metrics`` (Prometheus)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.channel.context import ChannelContext
from channels.web.http.settings import Settings

LATE = 300.0
"""Seconds that the oldest waiting message or notice may be old while we call ourselves ready."""


APART = 5.0
"""Seconds by which two clocks may differ."""
FUTURE = "what waits came in the future: this machine's clock was wrong or is; set it by NTP"
CLOCKS = "the clocks of this machine and of the database differ: set both by NTP"


class HealthEndpoints:
    """The health endpoints; Starlette runs them in its thread pool."""

    def __init__(self, context: ChannelContext[Settings]) -> None:
        self._context = context
        self._figures = CollectorRegistry()
        self._figures.register(_Figures(context.metrics))

    def healthz(self, request: Request) -> Response:
        """200 if the process answers."""
        return PlainTextResponse("ok\n")

    def readyz(self, request: Request) -> Response:
        """503 with the reasons, unless the store answers, has room, and nothing waits too long."""
        wrong, facts = [], {}
        try:
            facts = _facts(self._context)
        except Exception as error:  # whatever keeps the store from answering, we are not ready
            wrong.append(f"the store does not answer ({type(error).__name__})")
        wrong += [name for name, bad in _limits(facts) if bad]
        wrong += [fault for look in self._context.faults if (fault := look())]
        return JSONResponse({"ready": not wrong, "wrong": wrong, **facts}, 503 if wrong else 200)

    def metrics(self, request: Request) -> Response:
        """The metrics in Prometheus' text format."""
        text = generate_latest(REGISTRY) + generate_latest(self._figures)
        return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Figures(Collector):
    """The desk's figures, as the library asks for them."""

    def __init__(self, read: Callable[[], Iterable[Metric]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        """The figures of this moment."""
        return self._read()

    def describe(self) -> Iterable[Metric]:
        """Nothing before it is asked: the figures cost a look into the store."""
        return ()


def _facts(context: ChannelContext[Settings]) -> dict[str, Any]:
    health = context.desk.health()
    return {
        "inbox_waiting": health.inbox_waiting,
        "inbox_oldest_seconds": _age(health.inbox_oldest),
        "outbox_waiting": health.outbox_waiting,
        "outbox_oldest_seconds": _age(health.outbox_oldest),
        "asleep": health.asleep,
        "database_clock_ahead_seconds": round(health.ahead, 1),
        "free_bytes": shutil.disk_usage(context.files_folder).free,
        "min_free": context.min_free,
        "silent_mailboxes": health.silent,
        "channels": context.states(),
    }


def _limits(facts: dict[str, Any]) -> list[tuple[str, bool]]:
    if not facts:
        return []
    return [
        ("the disk is nearly full", facts["free_bytes"] < facts["min_free"]),
        ("mail waits too long to be handled", facts["inbox_oldest_seconds"] > LATE),
        ("notices wait too long to be sent", facts["outbox_oldest_seconds"] > LATE),
        (FUTURE, min(facts["inbox_oldest_seconds"], facts["outbox_oldest_seconds"]) < -APART),
        ("a wrong clock has put work off: it is taken up within a minute", facts["asleep"] > 0),
        (CLOCKS, abs(facts["database_clock_ahead_seconds"]) > APART),
    ]


def _age(since: datetime | None) -> float:
    return round((datetime.now(UTC) - since).total_seconds(), 1) if since else 0.0
