"""The canary: a mail to ourselves, out through the relay and back through a door; if it stays away, that is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from bot.channel import Anchor, Channel, Posting, Words
from bot.commands import Identity
from bot.config import Config
from bot.links import Links
from bot.metrics import CANARY_AGE
from bot.notices import NOTICES
from bot.posts import Posts
from bot.settings import Mailbox, lasting
from bot.teller import NOBODY
from bot.telling import Telling
from bot.writer import Writer
from store import door, outbox, people
from store.base import new_id
from store.database import Database
from store.lease import LEASE
from store.transaction import Transaction

log = structlog.get_logger("canary")
MOST = 50
"""Canaries of one mailbox that are remembered while they are away."""
WORDS = (
    "This mail was sent by casebot to itself, to see that mail leaves the desk and comes back to it.\n"
    "Nobody needs to do anything with it.\n"
)


@dataclass(frozen=True, slots=True)
class Flock:
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


def flock(tx: Transaction, address: str, *, to_change: bool = False) -> Flock:
    """The mailbox's canaries; none, if none was ever sent."""
    told = door.read(tx, _name(address), to_change=to_change)
    if told is None:
        return Flock()
    away = tuple((int(number), datetime.fromisoformat(at)) for number, at in told["away"])
    return Flock(_time(told["sent"]), _time(told["returned"]), away, int(told["silent"]))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _write(tx: Transaction, address: str, known: Flock) -> None:
    door.write(tx, _name(address), known.plain())


def _name(address: str) -> str:
    return f"canary {address}"[:200]


def watched(config: Config) -> list[Mailbox]:
    """The mailboxes that want canaries."""
    return [box for box in config.mailboxes if box.canary]


@dataclass(frozen=True, slots=True)
class Silent:
    """The addresses to which canaries do not come back."""

    config: Config

    def answer(self, tx: Transaction) -> tuple[str, ...]:
        boxes = watched(self.config)
        return tuple(box.address for box in boxes if flock(tx, box.address).silent)


class Returns:
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
            known = flock(tx, address, to_change=True)
            sent = dict(known.away).get(number)
            if sent is not None:
                later = tuple(one for one in known.away if one[1] > sent)
                _write(tx, address, replace(known, returned=sent, away=later))
                return "a canary of ours, come back"
        return "a canary of ours, which nobody waits for any more"


class Canaries:
    """Sends them and misses them; the clock asks every second."""

    def __init__(
        self,
        config: Config,
        database: Database,
        writer: Writer,
        *,
        posts: Posts,
        channels: Mapping[str, Channel],
        now: Callable[[], datetime],
    ) -> None:
        self._boxes = watched(config)
        self._database = database
        self._writer = writer
        self._posts = posts
        self._channels = channels
        self._now = now
        self._since: datetime | None = None

    def look(self) -> list[outbox.Outgoing]:
        """Send what is due, and tell what is to be told; the rows that were written, leased to this process."""
        if not self._boxes:
            return []
        now = self._now()
        self._since = self._since or now
        with self._database.reading() as tx:
            known = {box.address: flock(tx, box.address) for box in self._boxes}
        rows: list[outbox.Outgoing] = []
        for box in self._boxes:
            CANARY_AGE.labels(box.address).set(_age(known[box.address], now))
            if self._due(box, known[box.address], now) or self._turned(box, known[box.address], now):
                rows += self._writer.put(self._act, box).result()
        return rows

    def _due(self, box: Mailbox, known: Flock, now: datetime) -> bool:
        return known.sent is None or now - known.sent >= lasting(box.canary)

    def _turned(self, box: Mailbox, known: Flock, now: datetime) -> bool:
        """Is there something to tell: one is away for too long, or it or a later one came back after all?"""
        if known.silent in dict(known.away):
            return False
        since = known.away[0][1] if known.away else now
        if not known.silent:  # nobody was there to take in what was sent before we came
            since = max(since, self._since or now)
        return (now - since >= lasting(box.canary_patience)) != bool(known.silent)

    def _act(self, tx: Transaction, boxes: Sequence[Mailbox]) -> list[list[outbox.Outgoing]]:
        return [self._acted(tx, box, self._now()) for box in boxes]

    def _acted(self, tx: Transaction, box: Mailbox, now: datetime) -> list[outbox.Outgoing]:
        """Look again, for another process may have been quicker, and do what is left to do."""
        before = known = flock(tx, box.address, to_change=True)
        rows: list[outbox.Outgoing] = []
        if self._turned(box, known, now):
            known = replace(known, silent=0 if known.silent else known.away[0][0])
            rows += self._told(tx, box, known, now)
        if self._due(box, known, now) and "email" in self._channels:
            row = self._sent(tx, box, now)
            away = (*known.away, (row.id, now))
            known = replace(known, sent=now, away=(*away[:1], *away[1:][-MOST:]))
            rows.append(row)
        if known != before:
            _write(tx, box.address, known)
        return rows

    def _told(self, tx: Transaction, box: Mailbox, known: Flock, now: datetime) -> list[outbox.Outgoing]:
        """Tell everybody of the desk, by mail and on its boards, once for each turn."""
        name = "mailbox silent" if known.silent else "mailbox heard again"
        say = log.error if known.silent else log.info
        say(name, mailbox=box.address, last_returned=str(known.returned or "never"))
        facts = {"address": box.address, "patience": box.canary_patience, "returned": known.returned}
        telling = Telling(NOTICES[name], NOBODY, None, facts, now, mailbox=box.address)
        rows = self._posts.on_boards(tx, telling, "")
        for person in people.staff(tx):
            rows += self._posts.post(tx, replace(telling, to=person))
        return rows

    def _sent(self, tx: Transaction, box: Mailbox, now: datetime) -> outbox.Outgoing:
        row_id, (local, _, domain) = new_id(), box.address.rpartition("@")
        links = self._posts.links
        posting = Posting(
            id=row_id,
            to=Identity("email", f"{local}+{links.canary_tag(row_id)}@{domain}"),
            mailbox=box.address,
            words=Words("A canary of casebot's", WORDS, f"<p>{WORDS}</p>"),
            automatic=True,
            message_id=links.message_id(0, row_id, domain),
            reply_to=box.address,
            bounce_to=f"{local}+{links.bounce_tag(row_id)}@{domain}",
            notice="canary",
            at=now,
        )
        payload = self._channels["email"].compose(posting)
        row = outbox.Outgoing(row_id, "email", posting.to.address, posting.bounce_to, payload, now, 1, 1)
        row = replace(row, notice="canary", leased=tx.began)
        outbox.post(
            tx,
            row,
            person_id=None,
            notice="canary",
            message_id=posting.message_id,
            lines=b"",
            due_at=now + LEASE,
        )
        return row


def _age(known: Flock, now: datetime) -> float:
    """Seconds since the newest canary that came back was sent; the first ones' own age while none has."""
    since = known.returned or (known.away[0][1] if known.away else now)
    return max((now - since).total_seconds(), 0.0)
