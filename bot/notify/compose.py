"""The composer: a notification becomes words, then bytes, then a row of the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from bot.channel.capabilities import Traits
from bot.channel.outbound import Posting, Words
from bot.channel.protocols import Channel
from bot.config.load import Config
from bot.languages import reader_zone
from bot.links.tokens import INTERNAL, PUBLIC, Links
from bot.model.channel_profile import HTML, MarkupTemplate
from bot.model.facts import CaseFacts, DeskFacts
from bot.model.identity import Identity
from bot.model.mail_address import mail_identity
from bot.model.message import Attachment
from bot.notices.conversation import DeskNews, News
from bot.notify import batch
from bot.notify.boards import Boards
from bot.notify.notification import Notification, begins, choices, heard, ids
from bot.notify.rendition import PersonalCopy, Rendition, Renditions, alone_as, merges, with_blanks
from bot.notify.sender import Brand, brand_of, plus
from bot.policy import permissions, time_zone
from bot.render.renderer import Renderer
from store.cases.case import Case
from store.engine.columns import new_id
from store.engine.lease import of_delivery
from store.engine.transaction import Transaction
from store.people.person import Person
from store.queues import outbox, outbox_batch, outbox_body
from store.queues.outbox_thread import ThreadMessage

MOST_ALONG = 7_000_000
"""Bytes of files that go along with a notice: most mail servers take 10 MB, and base64 adds a third."""
_READERS_OWN = ("case", "to", "my_url", "as_it_came", "note_address")
"""Facts that are not the notice's, but of who reads it."""
_NO_WORDS = Words("", "", "")


class Composer:
    """Writes notices into the outbox, within the transaction that causes them.

    ``renderer`` is that of one of the desk's addresses, ``file`` reads the bytes of an attachment by its
    hash.
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
        self._config = config
        self._gather = timedelta(seconds=config.desk.gather)
        self._file = file
        self.links = links
        self._renderer = renderer
        self._channels = channels
        self.page_url = links.page_url
        self._brands = {box.address: brand_of(box, config.desk.docs_url) for box in config.mailboxes}
        self._usual = self._brands[config.mailboxes[0].address]
        self._config = config
        self._commands = {name: config.command_of(name) for name in config.profiles}
        self._markups = {name: profile.markup for name, profile in config.profiles.items()}

    def post(self, tx: Transaction, notification: Notification) -> list[outbox.Outgoing]:
        """Freeze a notice for one person; returns the rows, the last one leased to this process.

        Where ``notification.until`` is given, they are leased to nobody. Empty if the person cannot be reached
        through any open channel. By mail, a notice that may be batched is only stored: a row without bytes or
        lease. One that may not takes along what waits before it, in a row of its own.
        """
        channel = self._channels.get(notification.to.channel)
        if channel is None or not permissions.reachable(notification.to):
            return []
        with reader_zone.reading(time_zone.of(tx, self._config, notification.to)):
            return self._frozen(tx, notification, channel)

    def _frozen(self, tx: Transaction, notification: Notification, channel: Channel) -> list[outbox.Outgoing]:
        """The rows of a notice to somebody who can be reached."""
        thread = heard(tx, notification)
        due_at = self._waits_until(notification, thread)
        if due_at is not None:
            return [self._lay_by(tx, notification, max(due_at, notification.until or due_at))]
        ahead = self._batched(tx, notification)
        if ahead is not None:
            thread = heard(tx, notification)
        brand = self._brand(notification)
        copy = self._said(tx, notification, brand)
        posting = self._posting(tx, notification, brand, thread=thread)
        return [*([ahead] if ahead else []), self._keep(tx, notification, posting, copy)]

    def in_words(self, sentence: str, to: Person, mailbox: str) -> str:
        """A sentence of the desk's in a person's language, else in their mailbox's."""
        brand = self._brands.get(mailbox, self._usual)
        return self.translated(self._own_language(to, brand), sentence)

    def translated(self, language: str, sentence: str) -> str:
        """A sentence of the desk's in a language, else in English."""
        return self._renderer(self._usual.address).in_words(sentence, language)

    def linked(self, facts: CaseFacts, case: Case, to: Person) -> CaseFacts:
        """The case for one of its customers, with the links that are theirs alone.

        Without any, where there is no web door, or nobody has proven yet that the customer wrote at all.
        """
        if case.held or not self.links.base_url:
            return facts
        upload = self.page_url("upload", case.id, to.id) if case.state != "closed" else ""
        return replace(facts, url=self.page_url("case", case.id, to.id), upload_url=upload)

    def _waits_until(self, notification: Notification, thread: Sequence[ThreadMessage]) -> datetime | None:
        """When the notice is batched with others; None: it is a mail of its own, as all that may be undone."""
        waits = notification.notice.batched and not notification.at_once and notification.before is None
        if not waits or not self._gather or self._traits(notification).threads:
            return None
        last = max((message.at for message in thread if begins(message.notice)), default=None)
        due_at = last + self._gather if last else notification.now
        return due_at if due_at > notification.now else None

    def _lay_by(self, tx: Transaction, notification: Notification, due_at: datetime) -> outbox.Outgoing:
        brand = self._brand(notification)
        copy = self._said(tx, notification, brand)
        posting = self._posting(tx, notification, brand, thread=())
        row = replace(_row(tx, notification, posting, b""), attempts=0, fence=0)
        what = {"notice": notification.notice.name, "message_id": posting.message_id}
        text = batch.packed(copy.words(), copy.section(), notification.files)
        outbox_batch.lay_by(tx, row, text, person_id=notification.to.id, due_at=due_at, **what)
        return row

    def _batched(self, tx: Transaction, notification: Notification) -> outbox.Outgoing | None:
        """The notices that wait before it; they stay true if it is taken back."""
        case = notification.before or notification.case
        shown = notification.shown_before or notification.shown
        if (
            case is None
            or shown is None
            or notification.fresh
            or not self._gather
            or self._traits(notification).threads
        ):
            return None
        return self.gather(tx, case, notification.to, shown, now=notification.now, until=notification.until)

    def gather(
        self,
        tx: Transaction,
        case: Case,
        to: Person,
        shown: CaseFacts,
        *,
        now: datetime,
        until: datetime | None = None,
    ) -> outbox.Outgoing | None:
        """Freeze a reader's batched notices on a case as one mail, leased to this process; None if none wait.

        ``shown``: the case as this reader may see it. ``until``: it is leased to nobody, and due then.
        """
        drafts = outbox_batch.waiting(tx, case.id, to.id)
        if not drafts:
            return None
        to = replace(to, channel=drafts[0].row.channel, address=drafts[0].row.recipient)
        alone = self.boards.traits(to.channel).private and not to.staff
        shown = self.linked(shown, case, to) if alone else replace(shown, url="", upload_url="")
        notices = [batch.unpacked(draft.words) for draft in drafts]
        sections = tuple(notice.section for notice in notices)
        notice = DeskNews(sections=sections) if to.staff else News(sections=sections)
        files = batch.files(notices, MOST_ALONG)
        notification = Notification(notice, to, case, now, shown=shown, files=files)
        brand = self._brand(notification)
        with reader_zone.reading(time_zone.of(tx, self._config, to)):
            copy = self._said(tx, notification, brand) if notices[1:] else alone_as(notices[0].words)
        thread = heard(tx, notification)
        posting = self._posting(tx, notification, brand, thread=thread, row_id=drafts[0].row.id)
        frozen = copy.frozen(self._channels[to.channel], posting)
        return outbox_batch.gather(tx, drafts, frozen, lines=copy.lines(), now=now, until=until)

    def on_boards(self, tx: Transaction, notification: Notification, account: str) -> list[outbox.Outgoing]:
        """Freeze a notice for the case's thread on every board; ``notification.to`` is nobody."""
        case = notification.case
        kind, category = (case.type, case.category) if case else ("", "")
        places = self.boards.places(type=kind, category=category, account=account)
        brand = self._brand(notification)
        rows = []
        for name, place in places.items():
            there = replace(
                notification,
                to=Person(0, "", "", place, name),
                shared=True,
                mentions=self.boards.readers(name, notification.callees),
            )
            posting = self._posting(tx, there, brand, thread=())
            rows.append(self._keep(tx, there, posting, self._said(tx, there, brand)))
        return rows

    def _brand(self, notification: Notification) -> Brand:
        address = notification.case.mailbox if notification.case else notification.mailbox
        return self._brands.get(address, self._usual)

    def _said(self, tx: Transaction, notification: Notification, brand: Brand) -> PersonalCopy:
        """What a notice says to its reader, in the words that all have who read it alike."""
        facts = self._facts(notification, brand)
        values: dict[str, str] = {}
        renderer, channel = self._renderer(brand.address), notification.to.channel
        if notification.alike and merges(self._channels[channel]):
            facts, values = with_blanks(facts, named=renderer.has_own)
        language, notice = self._language_of(notification, brand), notification.notice
        like = channel, brand.address, language, reader_zone.zone().key, *map(facts.get, _READERS_OWN)

        def make() -> Rendition:
            words = renderer.words(type(notice), language, markup=self._markup(notification), **facts)
            section = partial(renderer.section, type(notice), language, at=notification.now, **facts)
            return Rendition(words, section)

        renditions: Renditions = tx.once("renditions", Renditions)
        return PersonalCopy(renditions.of(notice, like, make), values)

    def _keep(
        self, tx: Transaction, notification: Notification, posting: Posting, copy: PersonalCopy
    ) -> outbox.Outgoing:
        frozen = copy.frozen(self._channels[notification.to.channel], posting)
        row = _row(tx, notification, posting, frozen.whole)
        if notification.until:
            row = replace(row, attempts=0, fence=0)
        outbox.post(
            tx,
            row,
            person_id=notification.to.id or None,
            notice=notification.notice.name,
            message_id=posting.message_id,
            lines=copy.lines() if notification.case else b"",
            due_at=notification.until or of_delivery(tx, notification.now),
            along=notification.along,
            own=frozen.own,
            body_id=outbox_body.add(tx, frozen),
        )
        return row

    def _markup(self, notification: Notification) -> MarkupTemplate:
        return self._markups.get(notification.to.channel, HTML)

    def _traits(self, notification: Notification) -> Traits:
        return self.boards.traits(notification.to.channel)

    def _language_of(self, notification: Notification, brand: Brand) -> str:
        """The language of a notice: the desk's for staff, else the reader's, else their mailbox's."""
        if notification.notice.audience == "staff":
            return self._config.staff_language(notification.to.channel, notification.to.address)
        return self._own_language(notification.to, brand)

    def _own_language(self, to: Person, brand: Brand) -> str:
        if to.staff:
            return self._config.staff_language(to.channel, to.address)
        return to.language or brand.language

    def _facts(self, notification: Notification, brand: Brand) -> dict[str, Any]:
        private = self._alone(notification)
        desk = self._desk_in(notification.to.channel, brand)
        facts = {**notification.notice.facts(), "desk": desk, "to": notification.to.name}
        facts |= {"case": notification.shown, "my_url": self._my_url(notification) if private else ""}
        if notification.notice.audience == "staff" and notification.case:
            facts["as_it_came"] = notification.as_it_came
            facts["note_address"] = self._reply_address(notification, brand, INTERNAL) if private else ""
        return facts

    @lru_cache(maxsize=256)  # noqa: B019 - a composer lives as long as the process
    def _desk_in(self, channel: str, brand: Brand) -> DeskFacts:
        return replace(brand.facts, command=self._commands.get(channel, ""))

    def _alone(self, notification: Notification) -> bool:
        """Does nobody but its recipient read it?"""
        return self._traits(notification).private and not notification.shared

    def _my_url(self, notification: Notification) -> str:
        """A signed link to all cases of a customer who may see this one; ``""`` for everybody else."""
        to, case = notification.to, notification.shown
        may_see = notification.notice.audience != "staff" and not to.staff and (case is None or case.url)
        return self.page_url("my", to.id) if may_see else ""

    def _posting(
        self,
        tx: Transaction,
        notification: Notification,
        brand: Brand,
        *,
        thread: Sequence[ThreadMessage],
        row_id: int = 0,
    ) -> Posting:
        row_id, domain = row_id or new_id(), brand.address.rpartition("@")[2]
        case_id = notification.case.id if notification.case else 0
        references = ids(notification, thread)
        replies = self._replies(notification, brand)
        return Posting(
            id=row_id,
            to=Identity(notification.to.channel, notification.to.address, notification.to.name),
            mailbox=brand.address,
            words=_NO_WORDS,
            automatic=notification.notice.automatic and not notification.at_once,
            message_id=self.links.message_id(case_id, row_id, domain),
            reply_to=replies.address,
            reply_name=replies.name,
            bounce_to=plus(brand.address, self.links.bounce_tag(row_id)),
            in_reply_to=references[-1] if references else "",
            references=references,
            author=notification.author,
            speaker=self._speaker(notification),
            files=self._files(notification),
            at=notification.now,
            notice=notification.notice.name,
            case=case_id or None,
            person=notification.to.id or None,
            side="desk" if notification.notice.audience == "staff" else "customer",
            place=notification.place,
            near=notification.near,
            private=notification.notice.private,
            mentions=notification.mentions,
            offered=notification.notice.offered,
            choices=choices(notification),
            mark=notification.notice.mark,
            entry=notification.notice.entry.called if notification.notice.entry else "",
            language=self._language_of(notification, brand),
        )

    def _replies(self, notification: Notification, brand: Brand) -> Identity:
        """Whom an answer by mail goes to: to us, unless the notification names somebody."""
        if notification.replies:
            return notification.replies
        return mail_identity(self._reply_address(notification, brand, PUBLIC), brand.facts.name)

    def _speaker(self, notification: Notification) -> str:
        """The address of the specialist who speaks, in the reader's channel; ``""`` if they have none there."""
        channel, speaker = notification.to.channel, notification.speaker
        return self.boards.address(channel, speaker) if speaker else ""

    def _files(self, notification: Notification) -> tuple[tuple[Attachment, bytes], ...]:
        """The files, with their bytes if they go within the message."""
        within = self._traits(notification).files_within
        return tuple((file, self._file(file.sha256) if within else b"") for file in notification.files)

    def _reply_address(self, notification: Notification, brand: Brand, audience: str) -> str:
        if notification.case is None or not self._alone(notification):
            return brand.address
        token = self.links.reply_token(
            notification.case.id, notification.to.id, audience, now=notification.now
        )
        return plus(brand.address, token)


def _row(tx: Transaction, notification: Notification, posting: Posting, payload: bytes) -> outbox.Outgoing:
    return outbox.Outgoing(
        id=posting.id,
        channel=notification.to.channel,
        recipient=notification.to.address,
        bounce_to=posting.bounce_to,
        payload=payload,
        created_at=notification.now,
        attempts=int(tx.delivers),
        fence=1,
        case_id=notification.case.id if notification.case else None,
        notice=notification.notice.name,
        leased=tx.began,
    )
