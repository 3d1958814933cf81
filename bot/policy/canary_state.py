"""The state of a mailbox's canaries: sent, returned, missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.channel.protocols import Anchor
from bot.config.load import Config
from bot.config.settings import MailboxSection
from bot.links.tokens import Links
from store import channel_state
from store.engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class CanaryState:
    """What is known of one mailbox's canaries; times in UTC."""

    sent: datetime | None = None
    """When the last one was sent."""
    returned: datetime | None = None
    """When the newest of those that came back had been sent."""
    away: tuple[tuple[int, datetime], ...] = ()
    """Those that have not come back since, oldest first, with their times of sending."""
    silent: int = 0
    """The one of which it was told that it stays away; 0: all is well."""

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "sent": self.sent.isoformat() if self.sent else None,
            "returned": self.returned.isoformat() if self.returned else None,
            "away": [(number, at.isoformat()) for number, at in self.away],
            "silent": self.silent,
        }


def read(tx: Transaction, address: str, *, to_change: bool = False) -> CanaryState:
    """The mailbox's canaries; none, if none was ever sent."""
    told = channel_state.read(tx, _name(address), to_change=to_change)
    if told is None:
        return CanaryState()
    away = tuple((int(number), datetime.fromisoformat(at)) for number, at in told["away"])
    return CanaryState(_time(told["sent"]), _time(told["returned"]), away, int(told["silent"]))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def write(tx: Transaction, address: str, known: CanaryState) -> None:
    """Keep what is known of the mailbox's canaries."""
    channel_state.write(tx, _name(address), known.plain())


def _name(address: str) -> str:
    return f"canary {address}"[:200]


def watched(config: Config) -> list[MailboxSection]:
    """The mailboxes that want canaries."""
    return [box for box in config.mailboxes if box.canary]


@dataclass(frozen=True, slots=True)
class MissingCanaries:
    """The addresses to which canaries do not come back."""

    config: Config

    def answer(self, tx: Transaction) -> tuple[str, ...]:
        boxes = watched(self.config)
        return tuple(box.address for box in boxes if read(tx, box.address).silent)


class CanaryReturns:
    """Knows a canary that comes in by what we signed, and by nothing else."""

    def __init__(self, config: Config, links: Links) -> None:
        self._links = links
        self._addresses = [box.address for box in watched(config)]

    def note(self, tx: Transaction, anchors: Iterable[Anchor]) -> str:
        """What a message is, if it is a canary of ours, else ``""``; its return is remembered once."""
        numbers = (self._links.read_canary_tag(one.value) for one in anchors if one.kind == "token")
        number = next((one for one in numbers if one is not None), None)
        if number is None:
            return ""
        for address in self._addresses:
            known = read(tx, address, to_change=True)
            sent = dict(known.away).get(number)
            if sent is not None:
                later = tuple(one for one in known.away if one[1] > sent)
                write(tx, address, replace(known, returned=sent, away=later))
                return "a canary of ours, come back"
        return "a canary of ours, which nobody waits for any more"
