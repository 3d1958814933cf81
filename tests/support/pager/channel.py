"""Pagers as a channel: what people page lies in ``in``, what they are paged in ``out``."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.channel.capabilities import Traits
from bot.channel.classification import Verdict
from bot.channel.context import ChannelContext
from bot.channel.outbound import Parcel, Posting, Stands
from bot.channel.protocols import Anchor, Context, Inbound, Letter, Unreadable, Worker
from bot.model.identity import Identity, Proof
from bot.model.message import Part
from bot.queries.card import ThreadOf
from tests.support.pager.settings import Settings


class PagerChannel:
    """``Channel`` for pagers.

    An address is ``town/person``; a place ``town/group``; a thread ``town/group/page``.
    """

    name = "pager"
    traits = Traits(private=True, threads=True)

    def __init__(self, context: ChannelContext[Settings]) -> None:
        self._context = context
        self._in, self._out = (context.settings.folder / name for name in ("in", "out"))
        for folder in (self._in, self._out):
            folder.mkdir(parents=True, exist_ok=True)
        self.workers: Sequence[Worker] = (_Room(self),)

    def problems(self) -> Sequence[str]:
        """Nothing is connected to."""
        return ()

    def close(self) -> None:
        """Nothing is open."""

    def keep_all(self) -> None:
        """Whatever lies in ``in`` is kept, and only then taken out."""
        for file in sorted(self._in.glob("*.json")):
            self._context.keep("pager", file.stem, file.read_bytes(), {}).result(timeout=60)
            file.unlink()

    def anchors(self, letter: Letter) -> tuple[Anchor, ...]:
        """The thread that it was written in."""
        return tuple(Anchor("thread", page["thread"]) for page in [json.loads(letter.raw)] if page["thread"])

    def read(self, letters: Sequence[Letter], contexts: Sequence[Context]) -> list[Inbound | Unreadable]:
        """Each page as it is."""
        return [self._read(letter) for letter in letters]

    def _read(self, letter: Letter) -> Inbound:
        page = json.loads(letter.raw)
        return Inbound(
            sender=Identity("pager", page["from"], page["name"]),
            proof=Proof.LINKED,
            verdict=Verdict(),
            mailbox=self._context.mailboxes[0].address,
            subject="",
            parts=(Part("new", page["text"]),),
            anchors=self.anchors(letter),
            prefix="!",
            place=page["thread"] or page["group"],
        )

    def compose(self, posting: Posting) -> bytes:
        """All that is needed to find its place, and its words."""
        frozen = {
            "case": posting.case,
            "person": posting.person,
            "place": posting.place,
            "private": posting.private or posting.side == "desk",
            "text": posting.words.marked,
            "answers_to": posting.reply_to,
        }
        return json.dumps(frozen, ensure_ascii=False).encode()

    def deliver(self, parcel: Parcel) -> Stands | None:
        """Where its reader reads the case, else where it was asked, else to them alone."""
        frozen = json.loads(parcel.payload)
        stands = self._stands(parcel, frozen)
        page = {"to": stands.place, "text": frozen["text"], "answers_to": frozen["answers_to"]}
        draft = self._out / f"{parcel.id}.part"
        draft.write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
        draft.rename(self._out / f"{parcel.id:020}.json")
        return stands

    def _stands(self, parcel: Parcel, frozen: dict[str, Any]) -> Stands:
        case, person, place = frozen["case"], frozen["person"], frozen["place"]
        alone = Stands(f"{parcel.recipient}/{parcel.id}")
        if frozen["private"] or not case:
            return alone
        if person is None:
            return Stands(place)
        if known := self._context.desk.ask(ThreadOf(case, "pager", "customer", person)):
            return Stands(known)
        if place.count("/") == 1:
            return Stands(f"{place}/{parcel.id}", "customer", case)
        return replace(alone, begins="customer", case=case, person=person)


class _Room:
    """Looks into the folder again and again."""

    name = "pager"

    def __init__(self, channel: PagerChannel) -> None:
        self._channel = channel
        self._leaving = threading.Event()

    def run(self) -> None:
        while not self._leaving.wait(0.02):
            self._channel.keep_all()

    def leave(self) -> None:
        self._leaving.set()
