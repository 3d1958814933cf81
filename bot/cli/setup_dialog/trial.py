"""The trial: the desk opens for a moment, writes a mail to itself, and sees it come back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

from bot.channel.capabilities import Vouching
from bot.policy import canary_state
from bot.queries.lists import ListInbox, ListOutbox, OutboxLine, ShowInbox

if TYPE_CHECKING:
    from bot.app import App
    from bot.config.load import Config

PATIENCE = 120.0
"""Seconds that the mail may take."""
EVERY = 0.2
"""Seconds between two looks."""
LATEST = 50
"""Messages among which it is looked for."""


@dataclass(slots=True)
class Trial:
    """What became of the mail."""

    sent: float | None = None
    """Seconds until it had left."""
    returned: float | None = None
    """Seconds until it was back."""
    why: str = ""
    """What kept it from leaving, in words."""
    vouching: Mapping[str, Any] = field(default_factory=dict)
    """Keys of the mailbox that its own headers speak for, as ``authserv_id``."""


def try_mail(config: Config) -> Trial:
    """Open the desk, and close it once the mail is back, ``PATIENCE`` is over, or Ctrl-C is pressed.

    The first mailbox must have a canary.
    """
    from bot.app import App, open_app
    from bot.workers.hold_watch import sentence

    with open_app(config) as resting:
        if resting.hold:
            return Trial(why=sentence(resting.hold))
    app = App(config)
    with app.database.writing() as tx:
        canary_state.hasten(tx, config.mailboxes[0].address)
    trial, done = Trial(), Event()
    watch = _Watch(app, trial, done)
    with _signals_kept():
        code = app.run(opened=watch.run)
        done.wait(EVERY * 10)
    if code and not trial.why:
        trial.why = "the desk could not open; is it open already? If not, `casebot run` says why"
    return trial


class _Watch:
    """Follows the mail through the store, from a thread beside the open desk."""

    def __init__(self, app: App, trial: Trial, done: Event) -> None:
        self._app, self._trial, self._done = app, trial, done
        self._address = app.config.mailboxes[0].address
        self._since, self._began = app.now(), time.monotonic()

    def run(self) -> None:
        """Look until there is nothing more to wait for, then have the desk close."""
        try:
            while time.monotonic() < self._began + PATIENCE and not self._finished():
                time.sleep(EVERY)
        finally:
            self._done.set()
            os.kill(os.getpid(), signal.SIGTERM)  # what ``App.run`` closes the desk by

    def _finished(self) -> bool:
        trial, passed = self._trial, time.monotonic() - self._began
        line = self._delivery()
        if line is None:
            return False
        trial.why = "" if line.outcome == "sent" else line.reason
        if line.outcome == "sent" and trial.sent is None:
            trial.sent = passed
        if self._is_back():
            trial.returned = passed
            trial.vouching = self._vouching(line.message_id)
        return trial.returned is not None or line.outcome == "dead"

    def _delivery(self) -> OutboxLine | None:
        lines = self._app.desk.ask(ListOutbox(limit=LATEST))
        ours = (line for line in lines if line.notice == "canary" and line.created_at >= self._since)
        return next(ours, None)

    def _is_back(self) -> bool:
        with self._app.database.reading() as tx:
            returned = canary_state.read(tx, self._address).returned
        return returned is not None and returned >= self._since

    def _vouching(self, message_id: str) -> Mapping[str, Any]:
        """What the mail says of who checked it, if a channel can read that."""
        for channel in self._app.channels.values():
            if isinstance(channel, Vouching):
                return next((channel.vouching(self._address, raw) for raw in self._raw(message_id)), {})
        return {}

    def _raw(self, message_id: str) -> Iterator[bytes]:
        """The mail as it came back."""
        for line in self._app.desk.ask(ListInbox(limit=LATEST)):
            view = self._app.desk.ask(ShowInbox(line.id))
            if view and view.raw and message_id.encode() in view.raw:
                yield view.raw


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Signals mean afterwards what they meant before."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before: list[tuple[int, Any]] = [(number, signal.getsignal(number)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
