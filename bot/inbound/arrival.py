"""A message on its way to the desk, and what judging it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.channel.protocols import Inbound, Letter
from bot.config.load import Config
from bot.notify.compose import Composer
from store.engine.transaction import Transaction
from store.queues import inbox


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message, the transaction in which it is judged, and the desk's means to answer it."""

    tx: Transaction
    letter: Letter
    message: Inbound
    now: datetime
    config: Config
    composer: Composer

    @property
    def imported(self) -> bool:
        """Did a person import it from an archive?"""
        return bool(self.letter.envelope.get("door") == "import")

    def requeued(self) -> bool:
        """Has a person decided that it is to be handled after all?"""
        return inbox.requeued(self.tx, self.letter.id)
