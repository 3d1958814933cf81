"""The base of all monitors: looks every second, notifies the desk once a day at most."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.channel.protocols import Channel
from bot.config.load import Config
from bot.notify.compose import Composer
from bot.notify.notification import Notification
from bot.runtime.group_commit import Writer
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.people import person as people
from store.queues.outbox import Outgoing


@dataclass(frozen=True, slots=True)
class MonitorContext:
    """The parts of the process that monitors watch, and those through which they tell the desk."""

    config: Config
    database: Database
    writer: Writer
    composer: Composer
    channels: Mapping[str, Channel]
    keep_file: Callable[[Iterable[bytes]], tuple[str, int]]
    """Puts bytes into the file store: ``(sha256, size)``."""
    now: Callable[[], datetime]
    delivered: Mapping[str, datetime] = field(default_factory=dict)
    """When each channel last took something from this process."""
    here: Callable[[str], bool] = lambda channel: True
    """Has this process one of a channel's roles? Else others see whether it works."""


class Monitor(ABC):
    """The base of the monitors; each adds what it remembers between two looks."""

    def __init__(self, context: MonitorContext) -> None:
        self.config = context.config
        self.database = context.database
        self.writer = context.writer
        self.composer = context.composer
        self.channels = context.channels
        self.keep_file = context.keep_file
        self.now = context.now
        self.delivered = context.delivered
        self.here = context.here

    @abstractmethod
    def look(self) -> Sequence[Outgoing]:
        """Do and report what is due; returns the rows, leased to this process."""

    def to_staff(self, tx: Transaction, notification: Notification) -> list[Outgoing]:
        """Freeze a notice for each staff member."""
        return [
            row
            for person in people.staff(tx)
            for row in self.composer.post(tx, replace(notification, to=person))
        ]
