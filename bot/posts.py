"""Posts: a notice for one person becomes words, then bytes, then a row of the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.boards import Boards
from bot.channel import Channel, Posting, Words, line_hash
from bot.commands import Attachment, Identity, Said
from bot.config import Config
from bot.facts import CaseFacts, DeskFacts
from bot.links import INTERNAL, PUBLIC, Links
from bot.notices import Notice
from bot.render import Renderer
from store import outbox
from store.base import new_id
from store.case import Case
from store.lease import LEASE
from store.people import Person
from store.transaction import Transaction

MOST_ALONG = 7_000_000
"""Bytes of files that go along with a notice: most mail servers take 10 MB, and base64 adds a third."""


@dataclass(frozen=True, slots=True)
class Brand:
    """One of the desk's addresses, ready for templates."""

    facts: DeskFacts
    address: str
    language: str


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be told to whom, and in answer to what."""

    notice: Notice
    to: Person
    case: Case | None
    facts: Mapping[str, Any]
    now: datetime
    answers: Said = field(default_factory=Said)
    """What the recipient said just now, or an empty one."""
    mailbox: str = ""
    author: str = ""
    files: tuple[Attachment, ...] = ()
    """What should go along, if it is not too much."""
    place: str = ""
    """Where in its channel it is to be said, if that is known."""
    mentions: tuple[str, ...] = ()
    """Addresses of those who should be called, where it is said to many."""
    callees: tuple[Person, ...] = ()
    """Who they are."""
    along: int = 0
    """The delivery that the recipient reads in a place that they share with another; 0: none."""


class Posts:
    """Writes what is told into the outbox, within the transaction that causes it.

    ``file`` reads the bytes of an attachment by its hash.
    """

    def __init__(
        self,
        config: Config,
        links: Links,
        renderer: Renderer,
        *,
        channels: Mapping[str, Channel],
        file: Callable[[str], bytes],
    ) -> None:
        self.boards = Boards(config, channels)
        self._file = file
        self.links = links
        self._renderer = renderer
        self._channels = channels
        self.page_url = links.page_url
        self._brands = {box.address: brand_of(box, config.desk.docs_url) for box in config.mailboxes}
        self._usual = self._brands[config.mailboxes[0].address]

    def post(self, tx: Transaction, telling: Telling) -> outbox.Outgoing | None:
        """Freeze a notice for one person; the row is born leased to this process.

        None if the person cannot be reached through any open channel.
        """
        channel = self._channels.get(telling.to.channel)
        if channel is None or (telling.to.channel == "email" and "@" not in telling.to.address):
            return None
        brand = self._brand(telling)
        posting = self._posting(tx, telling, brand, self._words(telling, brand))
        return _keep(tx, telling, posting, channel.compose(posting))

    def on_boards(self, tx: Transaction, telling: Telling, account: str) -> list[outbox.Outgoing]:
        """Freeze a notice for the case's thread on every board there is; ``telling.to`` is nobody."""
        kind = telling.case.type if telling.case else ""
        places = self.boards.places(type=kind, account=account)
        brand = self._brand(telling)
        told = []
        for name, place in places.items():
            there = replace(
                telling, to=Person(0, "", "", place, name), mentions=self.boards.readers(name, telling)
            )
            posting = self._posting(tx, there, brand, self._words(there, brand))
            told.append(_keep(tx, there, posting, self._channels[name].compose(posting)))
        return told

    def _brand(self, telling: Telling) -> Brand:
        address = telling.case.mailbox if telling.case else telling.mailbox
        return self._brands.get(address, self._usual)

    def _words(self, telling: Telling, brand: Brand) -> Words:
        facts = dict(telling.facts)
        chat = self.boards.has(telling.to.channel)
        if telling.notice.audience == "staff" and telling.case:
            facts["note_address"] = "" if chat else self._reply_address(telling, brand, INTERNAL)
        return self._renderer.words(
            telling.notice, brand.language, chat=chat, desk=brand.facts, to=telling.to.name, **facts
        )

    def _posting(self, tx: Transaction, telling: Telling, brand: Brand, words: Words) -> Posting:
        row_id, domain = new_id(), brand.address.rpartition("@")[2]
        case_id = telling.case.id if telling.case else 0
        thread = _thread(tx, telling)
        return Posting(
            id=row_id,
            to=Identity(telling.to.channel, telling.to.address, telling.to.name),
            mailbox=brand.address,
            words=words,
            automatic=telling.notice.automatic,
            message_id=self.links.message_id(case_id, row_id, domain),
            reply_to=self._reply_address(telling, brand, PUBLIC),
            bounce_to=_plus(brand.address, self.links.bounce_tag(row_id)),
            in_reply_to=thread[-1] if thread else "",
            references=thread,
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
        )

    def _files(self, telling: Telling) -> tuple[tuple[Attachment, bytes], ...]:
        """With their bytes, where they go within the message."""
        chat = self.boards.has(telling.to.channel)
        return tuple((file, b"" if chat else self._file(file.sha256)) for file in telling.files)

    def _reply_address(self, telling: Telling, brand: Brand, audience: str) -> str:
        if telling.case is None:
            return brand.address
        token = self.links.reply_token(telling.case.id, telling.to.id, audience, now=telling.now)
        return _plus(brand.address, token)


def _keep(tx: Transaction, telling: Telling, posting: Posting, payload: bytes) -> outbox.Outgoing:
    row = outbox.Outgoing(
        id=posting.id,
        channel=telling.to.channel,
        recipient=telling.to.address,
        bounce_to=posting.bounce_to,
        payload=payload,
        created_at=telling.now,
        attempts=1,
        fence=1,
        case_id=telling.case.id if telling.case else None,
    )
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


def brand_of(box: Any, docs_url: str) -> Brand:
    """One ``[[mailbox]]`` as it signs."""
    facts = DeskFacts(
        name=box.name,
        address=box.address,
        docs_url=docs_url,
        create_url=f"mailto:{box.address}",
        my_url=f"mailto:{box.address}?subject={quote('My cases')}&body={quote('#my')}",
    )
    return Brand(facts, box.address, box.language)


def _plus(address: str, tag: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}+{tag}@{domain}"


def _thread(tx: Transaction, telling: Telling) -> tuple[str, ...]:
    """The ids a mail client needs to put this into the recipient's own thread, oldest first."""
    said = telling.answers
    asked = (*said.references, said.message_id) if said.message_id else ()
    if telling.case is None or telling.case.fresh:
        return asked  # nothing was told to anybody yet
    return tuple(dict.fromkeys((*outbox.thread(tx, telling.case.id, telling.to.id), *asked)))


def _packed(text: str) -> bytes:
    """The hashes of a text's lines, eight bytes each: how a later reply's quotations are known."""
    hashes = {line_hash(line) for line in set(text.splitlines())}
    return b"".join(bytes.fromhex(value) for value in sorted(hashes) if value)


def case_facts(case: Case, *, requester: str, owner: str) -> CaseFacts:
    """A case as its customers may see it."""
    return CaseFacts(
        number=f"CS-{case.id:06d}",
        subject=case.subject,
        state=case.state,
        priority=case.priority,
        type=case.type,
        category=case.category,
        ids=tuple(case.ids.splitlines()),
        requester=requester,
        owner=owner,
        opened_at=case.opened_at,
    )
