"""Sign-ins that lapsed: the desk is told what to do, once a day while it lasts."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog

from bot.channel.capabilities import SigningIn, SignInState
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.desk import SignInNeeded, SignInWorks
from bot.notices.notice import Notice
from bot.notify.notification import Notification
from bot.notify.notifier import NOBODY
from store import channel_state
from store.engine.transaction import Transaction
from store.queues.outbox import Outgoing

log = structlog.get_logger("sign_in")
EVERY = 600.0
"""Seconds between two looks at whether a day is over."""
AGAIN, ANEW = timedelta(days=1), timedelta(hours=1)
"""Between two notices while it lasts, and at least between those of two lapses."""


class SignInMonitor(Monitor):
    """Watches for sign-ins that a provider or server does not accept any more."""

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        self._lapsed: dict[str, float] = {}
        """When each is looked at again (monotonic)."""
        self._well: set[str] = set()
        """Those that have worked in this process: what an earlier one told of them is settled."""

    def look(self) -> list[Outgoing]:
        """Tell of those that lapsed, and of those that work again."""
        rows: list[Outgoing] = []
        channels = (channel for channel in self.channels.values() if isinstance(channel, SigningIn))
        for state in (state for channel in channels for state in channel.sign_ins()):
            well = state.works and _name(state) not in self._well
            if state.lapsed and time.monotonic() >= self._lapsed.get(_name(state), 0.0):
                self._lapsed[_name(state)] = time.monotonic() + EVERY
                self._well.discard(_name(state))
                rows += self.writer.write(self._tell_lapsed, state)
            elif not state.lapsed and (self._lapsed.pop(_name(state), None) is not None or well):
                self._well.add(_name(state))
                rows += self.writer.write(self._tell_works, state)
        return rows

    def _tell_lapsed(self, tx: Transaction, state: SignInState) -> list[Outgoing]:
        now = self.now()
        before = channel_state.read(tx, _name(state), to_change=True) or {}
        if before and now - datetime.fromisoformat(before["told"]) < (AGAIN if before["lasts"] else ANEW):
            return []  # by another process, perhaps
        channel_state.write(tx, _name(state), {"told": now.isoformat(), "lasts": True})
        log.error("a sign-in does not work", address=state.address, why=state.lapsed)
        notice = SignInNeeded(
            address=state.address,
            why=state.lapsed,
            since=state.since or now,
            sends=state.sends,
            password=state.by_password,
        )
        return self._told(tx, notice, state, now)

    def _tell_works(self, tx: Transaction, state: SignInState) -> list[Outgoing]:
        before = channel_state.read(tx, _name(state), to_change=True) or {}
        if not before.get("lasts"):
            return []
        channel_state.write(tx, _name(state), {**before, "lasts": False})
        log.info("a sign-in works again", address=state.address)
        return self._told(tx, SignInWorks(address=state.address), state, self.now())

    def _told(self, tx: Transaction, notice: Notice, state: SignInState, now: datetime) -> list[Outgoing]:
        """On the boards, and to everybody by mail, unless that mail would wait with the rest."""
        notification = Notification(notice, NOBODY, None, now)
        rows = self.composer.on_boards(tx, notification, "")
        return rows if rows and state.sends else [*rows, *self.to_staff(tx, notification)]


def _name(state: SignInState) -> str:
    return f"{'password' if state.by_password else 'sign-in'} {state.address}"[:200]
