"""Boards: chat channels of the desk's own, with a card and a thread for each case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from bot.channel.capabilities import Board, Traits
from bot.channel.protocols import Channel
from bot.config.load import Config
from bot.model.mail_address import MAIL
from bot.model.message import Attachment
from store.cases.case import Case
from store.engine.columns import new_id
from store.engine.lease import of_delivery
from store.engine.transaction import Transaction
from store.people.person import Person
from store.queues import outbox

CARD_INTERVAL = timedelta(seconds=3)
"""Between two showings of one card: what changes meanwhile is shown together."""


_KINDS: dict[type[Any], bool] = {}
"""Which classes make boards, asked once: a protocol is slow to compare with, and every mail asks."""


def is_board(channel: Channel | None) -> TypeGuard[Board]:
    """Has the desk its own place in this channel?"""
    kind = type(channel)
    if kind not in _KINDS:
        _KINDS[kind] = issubclass(kind, Board)
    return _KINDS[kind]


def _addresses(config: Config, name: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Every address of each of the staff, and theirs in this channel."""
    for member in config.staff:
        if there := member.addresses.get(name):
            for channel, address in ((MAIL, member.mail), *member.addresses.items()):
                yield (channel, address.lower()), there


class Boards:
    """Knows which open channels are boards, and which staff read them."""

    def __init__(self, config: Config, channels: Mapping[str, Channel]) -> None:
        self._channels = channels
        self._config = config
        self._known = (config.reloadable.now, self._read())

    def _read(self) -> dict[str, dict[tuple[str, str], str]]:
        return {name: dict(_addresses(self._config, name)) for name in self._config.profiles}

    @property
    def _addresses(self) -> dict[str, dict[tuple[str, str], str]]:
        """By board: the staff's addresses in any channel, and theirs there; read once whenever they change."""
        sections = self._config.reloadable.now
        if self._known[0] is not sections:
            self._known = (sections, self._read())
        return self._known[1]

    def has(self, channel: str) -> bool:
        """Is it the name of an open board?"""
        return is_board(self._channels.get(channel))

    def traits(self, channel: str) -> Traits:
        """The traits of a channel by name; one that is not open has none."""
        opened = self._channels.get(channel)
        return opened.traits if opened else Traits()

    def names(self) -> list[str]:
        """The names of the open boards."""
        return [name for name in self._channels if self.has(name)]

    def talks(self) -> list[str]:
        """The open channels in which several may read what is said of a case."""
        return [name for name, channel in self._channels.items() if channel.traits.threads]

    def places(self, *, type: str, category: str, account: str) -> dict[str, str]:
        """The places where such a case is shown: ``{channel: place}``."""
        places = {
            name: channel.board(type=type, category=category, account=account)
            for name, channel in self._channels.items()
            if is_board(channel)
        }
        return {name: place for name, place in places.items() if place}

    def owns(self, channel: str, address: str) -> bool:
        """Is this place (or a thread's) the desk's own? Customers may read nothing that is said there."""
        board = self._channels.get(channel)
        return is_board(board) and board.owns(address)

    def words(self, channel: str, payload: bytes) -> str:
        """A message composed for a board, as plain text."""
        board = self._channels.get(channel)
        return board.words(payload) if is_board(board) else ""

    def files(self, channel: str, payload: bytes) -> tuple[Attachment, ...]:
        """The files of a message composed for a board."""
        board = self._channels.get(channel)
        return board.files(payload) if is_board(board) else ()

    def address(self, name: str, person: Person) -> str:
        """A staff member's address on the board, or ``""``."""
        if person.channel == name:
            return person.address
        return self._addresses.get(name, {}).get((person.channel, person.address), "")

    def readers(self, name: str, people: Iterable[Person]) -> tuple[str, ...]:
        """The addresses on this board of people who should be called."""
        return tuple(address for person in people if (address := self.address(name, person)))

    def refresh(
        self, tx: Transaction, case: Case, account: str, *, now: datetime
    ) -> Iterable[outbox.Outgoing]:
        """Refresh the case's cards, wherever they are; returns rows leased to this process."""
        places = self.places(type=case.type, category=case.category, account=account)
        for name, place in places.items():
            key = f"card/{case.id}"
            row = outbox.Outgoing(
                new_id(), name, place, "", key.encode(), now, attempts=int(tx.delivers), fence=1, case_id=case.id,
                key=key, notice="card", leased=tx.began,
            )  # fmt: skip
            until = of_delivery(tx, now)
            if shown := outbox.refresh(tx, row, notice="card", now=now, until=until, interval=CARD_INTERVAL):
                yield shown
