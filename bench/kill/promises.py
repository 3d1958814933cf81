"""What must be true once everything has drained: nothing acknowledged is lost, nothing has two effects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench.kill.ledger import Ledger
from bench.support.databases import Look

_QUERIES = (
    "SELECT id, key, outcome, reason, case_id FROM inbox WHERE source = 'email'",
    "SELECT inbox_id, case_id, message_id FROM entry WHERE channel = 'email'",
    "SELECT id, subject FROM support_case WHERE id IN (SELECT case_id FROM entry WHERE channel = 'email')",
    "SELECT key FROM receipt WHERE source = 'email'",
    "SELECT id, message_id, case_id, notice, recipient, outcome, reason FROM outgoing WHERE channel = 'email'",
)
"""Of mail alone: what others do in Slack meanwhile is in a book of its own."""


class Promises:
    """Compares the senders' book, the store and the sink.

    ``broken`` has a sentence for each promise broken.
    """

    def __init__(self, ledger: Ledger, look: Look) -> None:
        self._ledger = ledger
        self.inbox, self.entries, self.cases, self.receipts, self.notices = look.rows(*_QUERIES)
        self._case_of = {row.message_id: row.case_id for row in self.entries}
        self.losses = self._losses()
        self.twice = self._twice()
        self.broken = [
            *self.losses,
            *self.twice,
            *self._settled(),
            *self._threads(),
            *self._sent(),
            *self._gathered(),
        ]

    def _losses(self) -> list[str]:
        acknowledged = self._ledger.acknowledged
        return [
            f"lost: {one} was acknowledged and has no entry"
            for one in acknowledged
            if one not in self._case_of
        ]

    def _twice(self) -> list[str]:
        ours = {mail.marker: mail for mail in self._ledger.sent.values()}
        opened = Counter(row.subject.rpartition(" ")[2] for row in self.cases)
        news = sum(mail.kind == "new" for mail in ours.values())
        found = [
            *_repeated("entries of", (row.message_id for row in self.entries)),
            *_repeated("entries of inbox row", (row.inbox_id for row in self.entries)),
            *_repeated("receipts of", (row.key for row in self.receipts)),
            *(f"second effect: {count} cases of {one}" for one, count in opened.items() if count > 1),
            *_repeated(
                "notices",
                (
                    (row.case_id, row.notice, row.recipient)
                    for row in self.notices
                    if row.notice in ("confirmation", "case opened")
                ),
            ),
        ]
        if len(self.cases) > news:
            found.append(f"second effect: {len(self.cases)} cases of {news} mails that open one")
        return found

    def _settled(self) -> list[str]:
        """Every message was worked off, and has its receipt."""
        odd = [
            f"inbox {row.id} is {row.outcome}: {row.reason}" for row in self.inbox if row.outcome != "done"
        ]
        missing = {row.key for row in self.inbox} ^ {row.key for row in self.receipts}
        return odd + [f"{key}: inbox and receipts differ" for key in missing]

    def _threads(self) -> list[str]:
        """Every reply lies where the mail it answers does."""
        return [
            f"astray: the reply {mail.message_id} lies on case {self._case_of[mail.message_id]}"
            for mail in self._ledger.sent.values()
            if mail.parent
            and mail.message_id in self._case_of
            and self._case_of[mail.message_id] != self._case_of.get(mail.parent)
        ]

    def _sent(self) -> list[str]:
        """The sink has each notice of the outbox and no other; each effect has its notices."""
        posted = {row.message_id for row in self.notices if row.outcome != "gathered"}
        effects = Counter(row.case_id for row in self.entries)
        replies = Counter(row.case_id for row in self.notices if row.notice == "customer replied")
        return [
            *(f"never sent: {one}" for one in posted - self._ledger.delivered),
            *(f"sent, but not in the outbox: {one}" for one in self._ledger.delivered - posted),
            *(
                f"not settled: {row.message_id} is {row.outcome}"
                for row in self.notices
                if row.outcome not in ("sent", "gathered")
            ),
            *(
                f"case {case}: {count} entries, but {replies[case]} notices of a reply"
                for case, count in effects.items()
                if count - 1 != replies[case]
            ),
        ]

    def _gathered(self) -> list[str]:
        """What was told within another's mail was told there, and in no other; so was what went alone."""
        sent = {str(row.id): (row.case_id, row.recipient) for row in self.notices if row.outcome == "sent"}
        told, kinds = self._ledger.told, {row.message_id: row.notice for row in self.notices}
        replies = [
            mail for mail in self._ledger.sent.values() if mail.parent and mail.message_id in self._case_of
        ]
        return [
            *(
                f"astray: {row.message_id} is said to stand in {row.reason}"
                for row in self.notices
                if row.outcome == "gathered" and sent.get(row.reason) != (row.case_id, row.recipient)
            ),
            *(
                f"the reply {mail.marker} was told in {len(told[mail.marker])} mails: "
                f"{', '.join(f'{one} ({kinds.get(one)})' for one in sorted(told[mail.marker]))}"
                for mail in replies
                if len(told[mail.marker]) != 1
            ),
        ]


def _repeated(what: str, values: Any) -> Sequence[str]:
    return [f"second effect: {n} {what} {value}" for value, n in Counter(values).items() if n > 1]
