"""Questions about saved replies: which there are for somebody, and what one says on a case."""

from __future__ import annotations

from dataclasses import dataclass

from bot.config.load import Config
from bot.model.errors import BadCommand
from bot.model.translatable import saying
from bot.replies import library
from store.cases import case as cases
from store.engine.transaction import Transaction
from store.people import person


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """A saved reply in a list."""

    name: str
    title: str
    tags: tuple[str, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class RepliesFor:
    """The saved replies that a specialist may use and that have these words: their own first, by name."""

    config: Config
    channel: str
    address: str
    words: str = ""

    def answer(self, tx: Transaction) -> tuple[ReplyLine, ...]:
        asker = person.find(tx, self.channel, self.address)
        if asker is None or not asker.staff:
            return ()
        replies = library.replies(tx, self.config, asker.id).values()
        fitting = (reply for reply in replies if reply.fits(self.words))
        in_order = sorted(fitting, key=lambda reply: (not reply.own, reply.title.casefold()))
        return tuple(ReplyLine(reply.name, reply.title, reply.tags, reply.own) for reply in in_order)


@dataclass(frozen=True, slots=True)
class ReplyOn:
    """What a saved reply says on a case, and what is missing for it, in words; one of them is empty."""

    config: Config
    channel: str
    address: str
    name: str
    case: int

    def answer(self, tx: Transaction) -> tuple[str, str]:
        asker, case = person.find(tx, self.channel, self.address), cases.get(tx, self.case)
        if asker is None or not asker.staff or case is None:
            return "", saying("There is no such case.")
        try:
            reply = library.one(tx, self.config, asker.id, self.name)
            return library.filled(tx, self.config, reply, case, asker), ""
        except BadCommand as refusal:
            return "", refusal.said
