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
    """The state of one mailbox's canaries; times in UTC."""

    sent: datetime | None = None
    """When the last one was sent."""
    returned: datetime | None = None
    """When the newest of those that came back had been sent."""
    away: tuple[tuple[int, datetime], ...] = ()
    """Those that have not come back since, oldest first, with their times of sending."""
    silent: int = 0
    """The one of which it was told that it stays away; 0: all is well."""

    def plain(self) -> dict[str, Any]:
        """The state as JSON values."""
        return {
            "sent": self.sent.isoformat() if self.sent else None,
            "returned": self.returned.isoformat() if self.returned else None,
            "away": [(number, at.isoformat()) for number, at in self.away],
            "silent": self.silent,
        }


def read(tx: Transaction, address: str, *, to_change: bool = False) -> CanaryState:
    """The state of the mailbox's canaries; an empty one if none was ever sent."""
    saved = channel_state.read(tx, _name(address), to_change=to_change)
    if saved is None:
        return CanaryState()
    away = tuple((int(number), datetime.fromisoformat(at)) for number, at in saved["away"])
    return CanaryState(_time(saved["sent"]), _time(saved["returned"]), away, int(saved["silent"]))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def write(tx: Transaction, address: str, state: CanaryState) -> None:
    """Save the state of the mailbox's canaries."""
    channel_state.write(tx, _name(address), state.plain())


def hasten(tx: Transaction, address: str) -> None:
    """Have the next one sent at the next look, however long ago the last one was."""
    write(tx, address, replace(read(tx, address, to_change=True), sent=None))


def _name(address: str) -> str:
    return f"canary {address}"[:200]


def watched(config: Config) -> list[MailboxSection]:
    """The mailboxes that have canaries."""
    return [box for box in config.mailboxes if box.canary]


@dataclass(frozen=True, slots=True)
class MissingCanaries:
    """The addresses whose canaries do not return."""

    config: Config

    def answer(self, tx: Transaction) -> tuple[str, ...]:
        boxes = watched(self.config)
        return tuple(box.address for box in boxes if read(tx, box.address).silent)


class CanaryReturns:
    """Recognises a returned canary by our signature alone."""

    def __init__(self, config: Config, links: Links) -> None:
        self._links = links
        self._addresses = [box.address for box in watched(config)]

    def note(self, tx: Transaction, anchors: Iterable[Anchor]) -> str:
        """A description if the message is a canary of ours, else ``""``; records its return once."""
        numbers = (self._links.read_canary_tag(anchor.value) for anchor in anchors if anchor.kind == "token")
        number = next((number for number in numbers if number is not None), None)
        if number is None:
            return ""
        for address in self._addresses:
            state = read(tx, address, to_change=True)
            sent = dict(state.away).get(number)
            if sent is not None:
                later = tuple(canary for canary in state.away if canary[1] > sent)
                write(tx, address, replace(state, returned=sent, away=later))
                return "a canary of ours, come back"
        return "a canary of ours, which nobody waits for any more"
