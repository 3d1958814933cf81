"""Delivery to the app: by socket or by request, tried again where Slack tries again, and written down."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from rehearsal.slack.wire.wire import Json, Outcome
from rehearsal.slack.workspace.workspace import Workspace

T = TypeVar("T")
WAITS = (0.0, 60.0, 300.0)
"""Seconds before each retry of an event (docs.slack.dev: "Events API", section "Retries")."""


class Carrier(Protocol):
    """Sockets or requests."""

    async def send(self, kind: str, payload: Json, *, attempt: int, reason: str) -> Outcome: ...


class Delivery:
    """Thread-safe once `begin` was called in the server's loop; `ask` must not be called from that loop."""

    def __init__(self, workspace: Workspace, *, sockets: Carrier, requests: Carrier) -> None:
        self._workspace = workspace
        self._sockets, self._requests = sockets, requests
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self) -> None:
        """Deliver by the running loop from now on."""
        self._loop = asyncio.get_running_loop()

    def end(self) -> None:
        """Give up the deliveries that wait for a retry."""
        for task in list(self._tasks):
            task.cancel()

    def event(self, payload: Json) -> None:
        """Deliver an event, at once and with retries; before the server runs, nobody hears it."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._launch, payload)

    def ask(self, kind: str, payload: Json) -> Outcome:
        """Deliver an interaction or a command in one try; returns the app's answer."""
        if not self._loop:
            return Outcome(False, "connection_failed")
        return asyncio.run_coroutine_threadsafe(self._ask(kind, payload), self._loop).result(30)

    def _launch(self, payload: Json) -> None:
        for copy in range(self._copies()):
            self._task(self._insist(payload, copy))

    async def _ask(self, kind: str, payload: Json) -> Outcome:
        copies = [
            self._task(self._once(kind, payload, attempt=0, reason="", copy=copy))
            for copy in range(self._copies())
        ]
        for answer in asyncio.as_completed(copies):
            outcome = await answer
            if outcome.acked:
                break
        return outcome

    def _copies(self) -> int:
        fault = self._workspace.faults.take("duplicate")
        return fault.copies if fault else 1

    def _task(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _insist(self, payload: Json, copy: int) -> None:
        reason = ""
        for attempt in range(len(WAITS) + 1):
            if attempt:
                await asyncio.sleep(WAITS[attempt - 1] * self._workspace.app.retry_scale)
            outcome = await self._once("events_api", payload, attempt=attempt, reason=reason, copy=copy)
            if outcome.acked or outcome.stop:
                return
            reason = outcome.reason

    async def _once(self, kind: str, payload: Json, *, attempt: int, reason: str, copy: int) -> Outcome:
        http = bool(self._workspace.app.request_url)
        carrier = self._requests if http else self._sockets
        outcome = await carrier.send(kind, payload, attempt=attempt, reason=reason)
        self._workspace.transcript.add(
            "delivery",
            via="http" if http else "socket",
            type=kind,
            what=_what(payload),
            id=payload.get("event_id") or payload.get("trigger_id", ""),
            **{"try": attempt},
            copy=copy,
            ts=str((payload.get("event") or {}).get("ts", "")),
            acked=outcome.acked,
            ack_ms=outcome.ms if outcome.acked else None,
            reason=outcome.reason,
        )
        return outcome


def _what(payload: Json) -> str:
    event = payload.get("event")
    return str(event["type"] if event else payload.get("type") or payload.get("command", ""))
