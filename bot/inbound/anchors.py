"""Anchors of a message in the order in which they are followed to a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.channel.protocols import Anchor, Inbound
from bot.links.tokens import INTERNAL, PUBLIC, Links, ReplyToken
from bot.model.identity import Proof
from store.directory import person_merge
from store.engine.transaction import Transaction
from store.people.person import Person

ITSELF = Anchor("id", "")
"""The place of a mail's own Message-ID among its anchors."""


class AnchorTrail:
    """A message's anchors: what may lead it to a case."""

    def __init__(self, message: Inbound, links: Links, *, now: datetime) -> None:
        self._message = message
        self.tokens: Mapping[Anchor, ReplyToken] = {
            anchor: token
            for anchor in message.anchors
            if anchor.kind == "token" and (token := links.read_reply_token(anchor.value, now=now))
        }
        """The valid reply addresses of ours that it came to."""

    def for_customers(self) -> bool:
        """Does an anchor say that the message's words go to customers?"""
        return any(token.audience == PUBLIC for token in self.tokens.values())

    def in_order(self, tx: Transaction, person: Person | None) -> list[Anchor]:
        """The anchors in order: references to other mail, the mail itself, the number in the subject.

        But a note address among the recipients decides: then nothing may leave the desk. Of several addresses
        of one case, the sender's own decides.
        """
        anchors = self._message.anchors
        if len(self.tokens) > 1:
            own = self._own(tx, person)
            anchors = tuple(sorted(anchors, key=lambda anchor: (not self._inward(anchor), anchor not in own)))
        tag = next((n for n, anchor in enumerate(anchors) if anchor.kind == "tag"), len(anchors))
        return [*anchors[:tag], ITSELF, *anchors[tag:]]

    def _inward(self, anchor: Anchor) -> bool:
        return anchor in self.tokens and self.tokens[anchor].audience == INTERNAL

    def _own(self, tx: Transaction, person: Person | None) -> set[Anchor]:
        """Reply addresses issued to a plausible sender, on the case that the first of all belongs to."""
        if person is None or self._message.proof < Proof.PLAUSIBLE:
            return set()
        case = next(iter(self.tokens.values())).case
        return {
            anchor
            for anchor, token in self.tokens.items()
            if token.case == case and person_merge.now(tx, token.person) == person.id
        }
