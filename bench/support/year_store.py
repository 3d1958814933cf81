"""A year at a desk, written straight into a store: as many cases as one likes, and what happened to them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.config.load import Config
from bot.model.working_time import ROUND_THE_CLOCK, Calendar
from store.cases import case as cases
from store.cases import survey
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.people import account, person

AT_ONCE = 500
FIRMS = (
    "Acme", "Borealis Media", "Cobalt & Sons", "Delphi Ads", "Eastwind", "Fjord Digital", "Gondola", "Halcyon",
    "Iris Networks", "Juniper Lane", "Kestrel", "Lumen House",
)  # fmt: skip
STAFF = ("Sam Specialist", "Kim Ito", "Ben Okafor", "Lea Moreau", "Noor Haddad", "Tom Weber")
TYPES = (
    ("Delivery", "Not delivering", 9), ("Delivery", "Behind target", 6), ("Reporting", "Discrepancy", 8),
    ("Reporting", "Missing data", 4), ("API", "Errors", 4), ("Activation Module", "Deal", 3),
    ("Accounts & User Management", "Access", 5), ("Billing", "Invoice", 2), ("", "", 1),
)  # fmt: skip
PRIORITIES = (("Blocker", 1, 0.6), ("Critical", 4, 2.0), ("Medium", 14, 4.5), ("Low", 6, 9.0))
"""Name, how many, and typical hours to the first answer."""
CONCERNS = ("Lack of reply or attention", "Lack of resolution", "Unclear resolution", "Wrong reply")
WORDS = (
    "Quick and to the point, thank you.", "Solved, but I had to explain it three times.",
    "Kim stayed with us until it ran again: wonderful.", "It took a week.", "", "", "",
)  # fmt: skip


@dataclass
class Year:
    """What is written, by chance but the same for the same seed."""

    config: Config
    now: datetime
    days: int = 365
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def write(self, database: Database, count: int) -> None:
        """So many cases, the oldest first."""
        with database.writing() as tx:
            self._people(tx)
        moments = sorted(self._moment() for _ in range(count))
        for start in range(0, count, AT_ONCE):
            with database.writing() as tx:
                for at in moments[start : start + AT_ONCE]:
                    self._case(tx, at)

    def _people(self, tx: Transaction) -> None:
        for name in FIRMS:
            tx.add(account.account, name=name, service_level="", local_team="")
        rows = tx.rows(account.account.select())
        self._firms = [row[0] for row in rows]
        long_ago = self.now - timedelta(days=self.days)
        self._asking = [self._person(tx, f"c{n}@firm{n}.example", long_ago) for n in range(len(FIRMS) * 3)]
        self._staff = [self._person(tx, f"s{n}@desk.example", long_ago, name) for n, name in enumerate(STAFF)]

    def _person(self, tx: Transaction, address: str, at: datetime, name: str = "") -> int:
        found = person.meet(tx, "email", address, name=name or address, known=True, now=at).id
        if name:
            tx.run(person.person.update().where(person.person.c.id == found).values(role="specialist"))
        return found

    def _moment(self) -> datetime:
        """Mostly in working hours, a little more each month."""
        ago = self.days * (1 - self.chance.random() ** 0.85)
        day = (self.now - timedelta(days=ago)).replace(hour=0, minute=0, second=0, microsecond=0)
        if day.weekday() > 4 and self.chance.random() < 0.8:
            day -= timedelta(days=2)
        return min(day + timedelta(hours=self.chance.gauss(12.5, 3.2)), self.now - timedelta(minutes=5))

    def _case(self, tx: Transaction, at: datetime) -> None:
        pick = self.chance.choices
        priority, _, hours = pick(PRIORITIES, [p[1] for p in PRIORITIES])[0]
        kind, category, _ = pick(TYPES, [t[2] for t in TYPES])[0]
        who = min(int(self.chance.expovariate(0.14)), len(self._asking) - 1)
        level = self.config.levels["standard"]
        calendar = ROUND_THE_CLOCK if priority in level.round_the_clock else level.calendar
        promise = level.promise("first_response", priority, at)
        solution = level.promise("resolution", priority, at)
        answered = calendar.after(at, timedelta(hours=self.chance.lognormvariate(0, 0.75) * hours / 1.6))
        due = promise.due_at if promise else None
        owner = pick(self._staff, [6, 5, 4, 3, 2, 1])[0]
        known = answered if answered < self.now else None
        row = cases.add(
            tx, subject=f"Deal ID {self.chance.randrange(10_000, 99_999)}: {category or 'a question'}",
            priority=priority, type=kind, category=category, mailbox="support@example.com",
            requester_id=self._asking[who], account_id=self._firms[who // 3], opened_at=at,
            updated_at=known or at, first_due_at=due, answered_at=known,
            resolve_due_at=solution.due_at if solution else None, owner_id=owner if known else None,
            state="open" if known else "new",
        )  # fmt: skip
        via = pick(("email", "slack", "web"), [6, 3, 1])[0]
        cases.record(tx, row.id, "opened", by=self._asking[who], now=at, via=via)
        if due and due < min(answered, self.now):
            cases.record(tx, row.id, "reply overdue", by=None, now=due, since=due)
        if known:
            cases.record(tx, row.id, "answered", by=owner, now=known)
            self._rest(tx, row, calendar, known)

    def _rest(self, tx: Transaction, row: cases.Case, calendar: Calendar, at: datetime) -> None:
        """What comes after the first answer."""
        end = calendar.after(at, timedelta(hours=self.chance.lognormvariate(2.2, 1.0)))
        if self.chance.random() < 0.03 and at + timedelta(hours=3) < self.now:
            said = self.chance.choice(CONCERNS)
            cases.record(
                tx, row.id, "concern raised", by=row.requester_id, now=at + timedelta(hours=3), category=said
            )
        if end >= self.now or (self.now - at < timedelta(days=45) and self.chance.random() < 0.06):
            self._change(tx, row, state="waiting" if self.chance.random() < 0.4 else "open")
            return
        reason = self.chance.choices(
            ("resolved", "no_response", "as_designed", "out_of_scope"), [14, 2, 2, 1]
        )[0]
        self._close(tx, row, end, reason)
        again = end + timedelta(days=2)
        if self.chance.random() < 0.06 and again < self.now:
            cases.record(tx, row.id, "reopened", by=row.requester_id, now=again)
            end = again + timedelta(hours=20)
            if end >= self.now:
                self._change(tx, row, state="open", closed_at=None, close_reason="")
                return
            self._close(tx, row, end, reason)
        self._asked(tx, row, end + timedelta(days=3))

    def _close(self, tx: Transaction, row: cases.Case, at: datetime, reason: str) -> None:
        cases.record(tx, row.id, "closed", by=row.owner_id, now=at, reason=reason, state="closed")
        self._change(tx, row, state="closed", close_reason=reason, closed_at=at)

    def _change(self, tx: Transaction, row: cases.Case, **values: object) -> None:
        tx.run(cases.case.update().where(cases.case.c.id == row.id).values(**values))

    def _asked(self, tx: Transaction, row: cases.Case, at: datetime) -> None:
        if at >= self.now or self.chance.random() > 0.3:
            return
        fresh = survey.invite(tx, row.id, row.requester_id, now=at)
        cases.record(tx, row.id, "survey sent", by=None, now=at)
        answered = at + timedelta(hours=self.chance.expovariate(0.05))
        if self.chance.random() < 0.45 and answered < self.now:
            rating = self.chance.choices((1, 2, 3, 4, 5), [2, 2, 5, 14, 21])[0]
            words = self.chance.choice(WORDS)
            survey.answer(tx, fresh, rating=rating, comment=words, now=answered)
            cases.record(tx, row.id, "survey answered", by=row.requester_id, now=answered, rating=rating)
