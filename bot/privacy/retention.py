"""Retention: what is older than ``[retention]`` says goes, in small batches beside the desk's work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.config.settings import RetentionSection, kept_for
from bot.runtime.group_commit import Writer
from bot.runtime.metrics import REMOVED
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.erasure import data_subject, person_rows, queue_bytes, retention
from store.erasure.retention import ASIDE, HANDLED, RetentionBatch

log = structlog.get_logger("retention")
EVERY = timedelta(hours=1)
"""Between two rounds."""
Remove = Callable[..., RetentionBatch]


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """One kind of thing that is kept for a while: its key in ``[retention]``, and what it is called."""

    key: str
    called: str
    due: Callable[[Transaction, datetime], int]
    remove: Remove


def _remove_case(tx: Transaction, before: datetime, *, after: int, now: datetime) -> RetentionBatch:
    """Empty one case, and erase the people around it who have no other and no account."""
    number = retention.next_case(tx, before, after=after)
    if number is None:
        return RetentionBatch(0, 0)
    for person_id in retention.empty_case(tx, number, now=now):
        subject = data_subject.of(tx, person_id)
        if subject is not None and not subject.erased and retention.is_passing(tx, subject.ids):
            queue_bytes.forget_deliveries_to(tx, subject, now=now)
            person_rows.erase(tx, subject, {})
    return RetentionBatch(1, number)


CLASSES = (
    RetentionClass(
        "raw_mail", "messages as they came",
        lambda tx, before: retention.messages_due(tx, before, HANDLED),
        lambda tx, before, **how: retention.drop_messages(tx, before, HANDLED, **how),
    ),
    RetentionClass(
        "aside", "messages that made nothing",
        lambda tx, before: retention.messages_due(tx, before, ASIDE),
        lambda tx, before, **how: retention.drop_messages(tx, before, ASIDE, **how),
    ),
    RetentionClass("sent", "messages as they were sent", retention.deliveries_due, retention.drop_deliveries),
    RetentionClass("closed_cases", "closed cases", retention.cases_due, _remove_case),
)  # fmt: skip
"""In the order in which they are listed and removed."""
COPIES = RetentionClass(
    "copies", "copies of mails that were sent", retention.copies_due, retention.drop_copies
)
"""What goes at every desk: what was said stands in the entries, and a mail that did not arrive keeps its copy."""
COPIES_KEPT = timedelta(days=5)
"""As long as servers go on trying (RFC 5321, section 4.5.4.1): until then a bounce may come, and it is sent again."""


class Retention:
    """Removes what is due; any number of processes may, and one that is killed leaves nothing half done."""

    def __init__(
        self, section: RetentionSection, database: Database, writer: Writer, now: Callable[[], datetime]
    ) -> None:
        self._lives = {each.key: kept_for(getattr(section, each.key)) for each in CLASSES}
        self._lives[COPIES.key] = COPIES_KEPT
        self._database = database
        self._writer = writer
        self._now = now
        self._next: datetime | None = None
        self._after: dict[str, int] = {}

    def due(self) -> dict[str, int]:
        """How much of each kind would go now; of those that are kept for ever nothing."""
        with self._database.reading() as tx:
            return {each.key: each.due(tx, before) for each in CLASSES if (before := self._before(each))}

    def all(self) -> dict[str, int]:
        """Remove everything that is due; how much of each kind."""
        removed = {each.key: 0 for each in CLASSES if self._lives[each.key]}
        for each in CLASSES:
            after = 0
            while (batch := self._batch(each, after)).removed:
                removed[each.key] += batch.removed
                if not (after := batch.after):
                    break
        return removed

    def look(self) -> bool:
        """Remove one batch of what is due, once an hour all of it; True if there may be more at once."""
        now = self._now()
        if self._next is not None and now < self._next and not self._after:
            return False
        if not self._after:
            self._next = now + EVERY
            self._after = {each.key: 0 for each in (*CLASSES, COPIES) if self._lives[each.key]}
        for each in (*CLASSES, COPIES):
            if each.key in self._after:
                batch = self._batch(each, self._after[each.key])
                self._after[each.key] = batch.after
                if not batch.after:
                    del self._after[each.key]
                return bool(self._after)
        return False

    def _batch(self, each: RetentionClass, after: int) -> RetentionBatch:
        before = self._before(each)
        if before is None:
            return RetentionBatch(0, 0)
        batch = self._writer.write(each.remove, before, after=after, now=self._now())
        if batch.removed:
            REMOVED.labels(each.key).inc(batch.removed)
            log.info("no longer kept", kind=each.key, count=batch.removed)
        return batch

    def _before(self, each: RetentionClass) -> datetime | None:
        life = self._lives[each.key]
        return self._now() - life if life else None
