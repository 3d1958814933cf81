"""Posts: a notice for one person becomes words, then bytes, then a row of the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.channel.capabilities import Traits
from bot.channel.outbound import Posting, Words
from bot.channel.protocols import Channel, line_hash
from bot.commands import Attachment, Identity
from bot.config.load import Config
from bot.links.tokens import INTERNAL, PUBLIC, Links
from bot.model.facts import CaseFacts
from bot.model.notices import NOTICES
from bot.notify import batch
from bot.notify.boards import Boards
from bot.notify.notification import Notification, begins, heard, ids
from bot.notify.sender import Brand, brand_of, plus
from bot.render.renderer import Renderer
from store.cases.case import Case
from store.engine.columns import new_id
from store.engine.lease import LEASE
from store.engine.transaction import Transaction
from store.people.person import Person
from store.queues import outbox, outbox_batch
from store.queues.outbox_thread import Told

MOST_ALONG = 7_000_000
"""Bytes of files that go along with a notice: most mail servers take 10 MB, and base64 adds a third."""


class Composer:
    """Writes what is told into the outbox, within the transaction that causes it.

    ``renderer`` is that of one of the desk's addresses, ``file`` reads the bytes of an attachment by its hash.
    """

    def __init__(
        self,
        config: Config,
        links: Links,
        renderer: Callable[[str], Renderer],
        *,
        channels: Mapping[str, Channel],
        file: Callable[[str], bytes],
    ) -> None:
        self.boards = Boards(config, channels)
        self._gather = timedelta(seconds=config.desk.gather)
        self._file = file
        self.links = links
        self._renderer = renderer
        self._channels = channels
        self.page_url = links.page_url
        self._brands = {box.address: brand_of(box, config.desk.docs_url) for box in config.mailboxes}
        self._usual = self._brands[config.mailboxes[0].address]
        self._language = config.desk.language

    def post(self, tx: Transaction, telling: Notification) -> list[outbox.Outgoing]:
        """Freeze a notice for one person; the last row, born leased to this process. Empty if the person cannot be
        reached through any open channel.

        By mail, a notice that waits for company is only laid by: a row without bytes, in nobody's hands. One that
        does not wait takes along what waits before it, in a row of its own.
        """
        channel = self._channels.get(telling.to.channel)
        if channel is None or (telling.to.channel == "email" and "@" not in telling.to.address):
            return []
        thread = heard(tx, telling)
        due_at = self._waits_until(telling, thread)
        if due_at is not None:
            return [self._lay_by(tx, telling, due_at)]
        ahead = self._batched(tx, telling)
        if ahead is not None:
            thread = heard(tx, telling)
        brand = self._brand(telling)
        posting = self._posting(tx, telling, brand, self._words(telling, brand), thread=thread)
        return [*([ahead] if ahead else []), _keep(tx, telling, posting, channel.compose(posting))]

    def in_words(self, sentence: str, to: Person, mailbox: str) -> str:
        """A sentence of the desk's for one person, in their language, else in their mailbox's."""
        brand = self._brands.get(mailbox, self._usual)
        return self.said_in(self._language if to.staff else to.language or brand.language, sentence)

    def said_in(self, language: str, sentence: str) -> str:
        """A sentence of the desk's in a language, else in English."""
        return self._renderer(self._usual.address).in_words(sentence, language)

    def linked(self, facts: CaseFacts, case: Case, to: Person) -> CaseFacts:
        """A case for one of its customers, with the links that are theirs alone.

        Without any, where there is no web door, or nobody has proven yet that the customer wrote at all.
        """
        if case.held or not self.links.base_url:
            return facts
        upload = self.page_url("upload", case.id, to.id) if case.state != "closed" else ""
        return replace(facts, url=self.page_url("case", case.id, to.id), upload_url=upload)

    def _waits_until(self, telling: Notification, thread: Sequence[Told]) -> datetime | None:
        """When it is gathered with what else there is; None: it goes at once."""
        waits = telling.notice.waits and not telling.at_once
        if not waits or not self._gather or self._traits(telling).threads:
            return None
        last = max((one.at for one in thread if begins(one.notice)), default=None)
        due_at = last + self._gather if last else telling.now
        return due_at if due_at > telling.now else None

    def _lay_by(self, tx: Transaction, telling: Notification, due_at: datetime) -> outbox.Outgoing:
        brand = self._brand(telling)
        facts, language = self._facts(telling, brand), self._language_of(telling, brand)
        renderer = self._renderer(brand.address)
        words = renderer.words(telling.notice, language, **facts)
        section = renderer.section(telling.notice, language, at=telling.now, **facts)
        posting = self._posting(tx, telling, brand, words, thread=())
        row = replace(_row(tx, telling, posting, b""), attempts=0, fence=0)
        what = {"notice": telling.notice.name, "message_id": posting.message_id}
        kept = batch.packed(words, section, telling.files)
        outbox_batch.lay_by(tx, row, kept, person_id=telling.to.id, due_at=due_at, **what)
        return row

    def _batched(self, tx: Transaction, telling: Notification) -> outbox.Outgoing | None:
        case = telling.case
        if case is None or telling.fresh or not self._gather or self._traits(telling).threads:
            return None
        return self.gather(tx, case, telling.to, telling.facts["case"], now=telling.now)

    def gather(
        self, tx: Transaction, case: Case, to: Person, shown: CaseFacts, *, now: datetime
    ) -> outbox.Outgoing | None:
        """Freeze what waits for one reader on one case as one mail, leased to this process; None if nothing does.

        ``shown``: the case as this reader may see it.
        """
        drafts = outbox_batch.waiting(tx, case.id, to.id)
        if not drafts:
            return None
        to = replace(to, channel=drafts[0].row.channel, address=drafts[0].row.recipient)
        kept = [batch.unpacked(one.words) for one in drafts]
        sections = tuple(one.section for one in kept)
        notice = NOTICES["desk news" if to.staff else "news"]
        telling = Notification(
            notice,
            to,
            case,
            {"case": shown, "sections": sections},
            now,
            files=batch.files(kept, MOST_ALONG),
        )
        brand = self._brand(telling)
        words = kept[0].words if len(kept) == 1 else self._words(telling, brand)
        thread = heard(tx, telling)
        posting = self._posting(tx, telling, brand, words, thread=thread, row_id=drafts[0].row.id)
        payload = self._channels[to.channel].compose(posting)
        return outbox_batch.gather(tx, drafts, payload, lines=_packed(words.text), now=now)

    def on_boards(self, tx: Transaction, telling: Notification, account: str) -> list[outbox.Outgoing]:
        """Freeze a notice for the case's thread on every board there is; ``telling.to`` is nobody."""
        kind = telling.case.type if telling.case else ""
        places = self.boards.places(type=kind, account=account)
        brand = self._brand(telling)
        told = []
        for name, place in places.items():
            there = replace(
                telling, to=Person(0, "", "", place, name), mentions=self.boards.readers(name, telling)
            )
            posting = self._posting(tx, there, brand, self._words(there, brand), thread=())
            told.append(_keep(tx, there, posting, self._channels[name].compose(posting)))
        return told

    def _brand(self, telling: Notification) -> Brand:
        address = telling.case.mailbox if telling.case else telling.mailbox
        return self._brands.get(address, self._usual)

    def _words(self, telling: Notification, brand: Brand) -> Words:
        facts, language = self._facts(telling, brand), self._language_of(telling, brand)
        chat = self._traits(telling).chat
        return self._renderer(brand.address).words(telling.notice, language, chat=chat, **facts)

    def _traits(self, telling: Notification) -> Traits:
        return self.boards.traits(telling.to.channel)

    def _language_of(self, telling: Notification, brand: Brand) -> str:
        """The desk is told in its own, everybody else in theirs, or in their mailbox's while that is not known."""
        within = telling.notice.audience == "staff" or telling.to.staff
        return self._language if within else telling.to.language or brand.language

    def _facts(self, telling: Notification, brand: Brand) -> dict[str, Any]:
        private = self._traits(telling).private
        facts = {**telling.facts, "desk": brand.facts, "to": telling.to.name}
        facts["my_url"] = self._my_url(telling) if private else ""
        if telling.notice.audience == "staff" and telling.case:
            facts["note_address"] = self._reply_address(telling, brand, INTERNAL) if private else ""
        return facts

    def _my_url(self, telling: Notification) -> str:
        """A signed link to all cases of a customer who may see this one; ``""`` for everybody else."""
        to, case = telling.to, telling.facts.get("case")
        theirs = telling.notice.audience != "staff" and not to.staff and (case is None or case.url)
        return self.page_url("my", to.id) if theirs else ""

    def _posting(
        self,
        tx: Transaction,
        telling: Notification,
        brand: Brand,
        words: Words,
        *,
        thread: Sequence[Told],
        row_id: int = 0,
    ) -> Posting:
        row_id, domain = row_id or new_id(), brand.address.rpartition("@")[2]
        case_id = telling.case.id if telling.case else 0
        references = ids(telling, thread)
        return Posting(
            id=row_id,
            to=Identity(telling.to.channel, telling.to.address, telling.to.name),
            mailbox=brand.address,
            words=words,
            automatic=telling.notice.automatic and not telling.at_once,
            message_id=self.links.message_id(case_id, row_id, domain),
            reply_to=telling.replies.address
            if telling.replies
            else self._reply_address(telling, brand, PUBLIC),
            reply_name=telling.replies.name if telling.replies else brand.facts.name,
            bounce_to=plus(brand.address, self.links.bounce_tag(row_id)),
            in_reply_to=references[-1] if references else "",
            references=references,
            author=telling.author,
            files=self._files(telling),
            at=telling.now,
            notice=telling.notice.name,
            case=case_id or None,
            person=telling.to.id or None,
            side="desk" if telling.notice.audience == "staff" else "customer",
            place=telling.place,
            private=telling.notice.private,
            mentions=telling.mentions,
            offered=telling.facts.get("offered"),
            language=self._language_of(telling, brand),
        )

    def _files(self, telling: Notification) -> tuple[tuple[Attachment, bytes], ...]:
        """With their bytes, where they go within the message."""
        within = self._traits(telling).files_within
        return tuple((file, self._file(file.sha256) if within else b"") for file in telling.files)

    def _reply_address(self, telling: Notification, brand: Brand, audience: str) -> str:
        if telling.case is None:
            return brand.address
        token = self.links.reply_token(telling.case.id, telling.to.id, audience, now=telling.now)
        return plus(brand.address, token)


def _row(tx: Transaction, telling: Notification, posting: Posting, payload: bytes) -> outbox.Outgoing:
    return outbox.Outgoing(
        id=posting.id,
        channel=telling.to.channel,
        recipient=telling.to.address,
        bounce_to=posting.bounce_to,
        payload=payload,
        created_at=telling.now,
        attempts=1,
        fence=1,
        case_id=telling.case.id if telling.case else None,
        notice=telling.notice.name,
        leased=tx.began,
    )


def _keep(tx: Transaction, telling: Notification, posting: Posting, payload: bytes) -> outbox.Outgoing:
    row = _row(tx, telling, posting, payload)
    outbox.post(
        tx,
        row,
        person_id=telling.to.id or None,
        notice=telling.notice.name,
        message_id=posting.message_id,
        lines=_packed(posting.words.text) if telling.case else b"",
        due_at=telling.now + LEASE,
        along=telling.along,
    )
    return row


def _packed(text: str) -> bytes:
    """The hashes of a text's lines, eight bytes each: how a later reply's quotations are known."""
    hashes = {line_hash(line) for line in set(text.splitlines())}
    return b"".join(bytes.fromhex(value) for value in sorted(hashes) if value)
