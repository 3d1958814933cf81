"""A year at a real desk: it is told the acts of the story at their moments, and what it did is read from its store."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.commands.case import Rate
from bot.commands.redaction import Redact
from bot.commands.triage import Unmerge
from bot.model.identity import Proof
from bot.model.message import Attachment, Said
from bot.model.request import Command, Request
from bot.syntax.case_numbers import entry_name
from store.cases.case import case, event
from store.cases.entry import entry
from store.cases.survey import survey
from store.cases.timer import timer
from store.queues import claim, outbox_body
from store.queues.outbox import DeliveryOutcome, outgoing, settle
from tests.support.houses.desk import TestDesk
from tests.support.year.acts import Line
from tests.support.year.arrivals import Arrivals
from tests.support.year.cast import ACCOUNTS, EVERYBODY, STRANGER, config
from tests.support.year.clocks import is_of, moments, named, plain
from tests.support.year.model import Told
from tests.support.year.officer import Officer
from tests.support.year.privacy import OPERATORS
from tests.support.year.rules import Act

DRAWING = {
    *{("new", "open"), ("open", "waiting"), ("waiting", "open"), ("resolved", "open"), ("closed", "open")},
    *{(state, "resolved") for state in ("new", "open", "waiting")},
    *{(state, "closed") for state in ("new", "open", "waiting", "resolved")},
    ("new", "waiting"),  # taken and asked in one breath
}
LEFT = {"survey", "concern waits", "concern goes up"}
"""What may still come to a case that is closed: how it went, and a concern that nobody has taken."""


class Year:
    """A desk with the cast of a year. ``forbidden`` and ``left`` are what must stay empty."""

    def __init__(self, url: str, folder: Path, *, gather: int = 0) -> None:
        self.desk = TestDesk(url, folder, config=config(gather))
        self.numbers: dict[int, int] = {}
        """The story's number of a case → the desk's."""
        self._stories: dict[int, int] = {}
        self.paths: dict[int, list[str]] = defaultdict(list)
        self.forbidden: list[tuple[int, str, str]] = []
        self.left: list[tuple[int, str]] = []
        self.wrong: list[tuple[Line, Any]] = []
        """Lines that the desk did, and should have refused, or the other way round."""
        self.strange: list[tuple[Told, list[str]]] = []
        """Notices that show a moment by a clock that is not their reader's."""
        self._told: Counter[Told] = Counter()
        self._last = self._keys = 0
        self._gather = gather
        self.officer = Officer(self.desk)
        self._arrivals = Arrivals(self.desk.app.writer)

    def tell(self, lines: Iterable[Line], until: datetime) -> None:
        """Let it all happen, and all that is due in between and until then."""
        for line in lines:
            self._wait_until(line.act.at)
            self._do(line)
            self._wait_until(line.act.at)
        self._wait_until(until)
        self._hear()
        self.officer.search(self.officer.gone)

    def expired(self) -> list[tuple[datetime, int]]:
        """When the words of which case went, by the story's numbers."""
        return sorted((at, self._stories[number]) for at, number in self.officer.expired)

    def _wait_until(self, moment: datetime) -> None:
        """Step from one thing that is due to the next."""
        while (due := self._next_due()) is not None and due <= moment:
            now = max(due, self.desk.desk.now())
            touched = self._column(select(timer.c.case_id).where(timer.c.due_at <= now))
            self.desk.at(now)
            self._look(touched)
        self.desk.desk.clock.read = lambda: moment

    def _next_due(self) -> datetime | None:
        query = select(timer.c.due_at).where(timer.c.due_at.is_not(None)).order_by(timer.c.due_at).limit(1)
        return next(iter(self._column(query)), None)

    def _column(self, query: Any) -> list[Any]:
        with self.desk.app.database.reading() as tx:
            return [row[0] for row in tx.rows(query)]

    def _do(self, line: Line) -> None:
        self._hear()
        if isinstance(line.act.command, OPERATORS):
            self._send_batches()
            self.officer.do(line.act.command)
            self._hear()
            self._look(self.numbers.values())
            return
        self.officer.hear(line.act.who, line.act.command)
        outcome = self.desk.desk.handle(self._request(line.act))
        done = outcome.answered[0].outcome == "done"
        self._arrivals.keep(line.act, f"k{self._keys}", case=outcome.case, done=done)
        if done != line.done:
            self.wrong.append((line, outcome.answered))
        if line.opens:
            assert outcome.case is not None
            self.numbers[line.opens] = outcome.case
            self._stories[outcome.case] = line.opens
        self._hear()
        self._look(self._touched(line) | {outcome.case or 0}, undone=isinstance(line.act.command, Unmerge))

    def _touched(self, line: Line) -> set[int]:
        """The desk's numbers of all cases that the act may have moved."""
        numbers = {line.opens, getattr(line.act.command, "case", 0), getattr(line.act.command, "into", 0)}
        known = {self.numbers[number] for number in numbers if number}
        return known | {
            into for into in self._column(select(case.c.merged_id).where(case.c.id.in_(known))) if into
        }

    def _request(self, act: Act) -> Request:
        person, self._keys = EVERYBODY[act.who], self._keys + 1
        stranger, chats = act.who == STRANGER.name, act.channel == "slack"
        command = self._numbered(act.command)
        if isinstance(command, Redact):
            self.officer.gone.add(command.entry)
            command = replace(command, entry=self._entry(command.entry))
        on = self._read_in(command)
        opens_there = chats and on is None
        return Request(
            source=act.channel,
            key=f"k{self._keys}",
            asker=person.identity("email" if person.mail and not chats else "slack"),
            proof=Proof.UNPROVEN if stranger else Proof.PROVEN if act.channel == "email" else Proof.LINKED,
            commands=(command,),
            at=act.at,
            mailbox="support@example.com",
            explicit=act.explicit,
            proven_on=on,
            place=f"{ACCOUNTS[person.account].channel}/{self._keys}.1" if opens_there else "",
            said=Said(
                message_id=f"<{self._keys}@{act.who}.example>",
                attachments=(self._file(),) if act.files else (),
                copied=tuple(EVERYBODY[name].identity("email") for name in act.copied),
            ),
        )

    def _entry(self, words: str) -> str:
        """The name of the entry with these words."""
        (number,) = self._column(select(entry.c.id).where(entry.c.text == words))
        return entry_name(number)

    def _file(self) -> Attachment:
        """A file that was just stored: an earlier one may be deleted by now."""
        hash_, size = self.desk.app.files.put([f"what it looked like, picture {self._keys}".encode()])
        return Attachment("picture.txt", "text/plain", size, hash_)

    def _read_in(self, command: Command) -> int | None:
        """The case that a reply address leads to: the one that the command's own is read in."""
        number = getattr(command, "case", None)
        query = select(case.c.merged_id).where(case.c.id == number)
        return number and (self._column(query)[0] or number)

    def _numbered(self, command: Command) -> Command:
        """With the desk's numbers in place of the story's."""
        known = {
            name: self.numbers[getattr(command, name)] for name in ("case", "into") if hasattr(command, name)
        }
        if isinstance(command, Rate):
            invitations = select(survey.c.id).where(survey.c.case_id == known["case"])
            known["survey"] = self._column(invitations.order_by(survey.c.invited_at.desc()))[0]
        return replace(command, **known)

    def _look(self, numbers: Iterable[int], *, undone: bool = False) -> None:
        """See how these cases stand now."""
        with self.desk.app.database.reading() as tx:
            rows = tx.rows(select(case.c.id, case.c.state).where(case.c.id.in_(set(numbers))))
            waits = select(timer.c.case_id, timer.c.kind).where(timer.c.due_at.is_not(None))
            closed = [number for number, state in rows if state == "closed"]
            for number, kind in tx.rows(waits.where(timer.c.case_id.in_(closed))):
                if kind not in LEFT:
                    self.left.append((number, kind))
        for number, state in rows:
            path = self.paths[number]
            if path and path[-1] != state and not undone and (path[-1], state) not in DRAWING:
                self.forbidden.append((number, path[-1], state))
            if not path or path[-1] != state:
                path.append(state)

    # what it has done

    def told(self) -> Counter[Told]:
        """Every notice that was put into the outbox, its case by the story's number. Cards are no notices."""
        self._hear()
        return self._told

    def _hear(self) -> None:
        """Read what was put into the outbox since the last look: later, its bytes may be gone."""
        o = outgoing.c
        columns = (o.id, o.case_id, o.created_at, o.notice, o.channel, o.recipient)
        query = select(*columns).where(o.key == "", o.id > self._last).order_by(o.id)
        with self.desk.app.database.reading() as tx:
            sent = [(row, outbox_body.bytes_of(tx, row.id)) for row in tx.rows(query)]
        for row, payload in sent:
            self._last = row.id
            self._told[self._as_told(row, payload)] += 1
        self._deliver()

    def _send_batches(self) -> None:
        """What waits for company goes now, and arrives: an operator does nothing while something is under way."""
        app, now = self.desk.app, self.desk.desk.now()
        late = now + timedelta(seconds=self._gather)
        while rows := app.writer.write(
            claim.deliveries, now=late, until=late + timedelta(minutes=1), most=100
        ):
            made = (row if row.payload else app.writer.write(app.batch_job.gather, row) for row in rows)
            app.writer.write(settle, [DeliveryOutcome(row, "sent", "", now) for row in made if row])

    def _deliver(self) -> None:
        """Whatever is under way arrives."""
        rows, self.desk.rows = self.desk.rows, []
        now = self.desk.desk.now()
        arrived = [DeliveryOutcome(row, "sent", "", now) for row in rows]
        self.desk.app.writer.write(settle, arrived)

    def _as_told(self, row: Any, payload: bytes) -> Told:
        reader = row.recipient.lower()
        told = Told(self._stories[row.case_id], row.created_at, row.notice, row.channel, reader)
        if self._gather:  # what waits for company has its words later
            return told
        zones = self.officer.zones_of(reader)
        words = plain(row.channel, payload)
        if others := [
            written for written in moments(words) if not any(is_of(written, zone) for zone in zones)
        ]:
            self.strange.append((told, others))
        return told._replace(says=named(words))

    def surveys(self) -> dict[int, list[datetime]]:
        """When each person was asked how it went."""
        found = defaultdict(list)
        with self.desk.app.database.reading() as tx:
            for person, at in tx.rows(
                select(survey.c.person_id, survey.c.invited_at).order_by(survey.c.invited_at)
            ):
                found[person].append(at)
        return found

    def asked_about(self) -> set[str]:
        """For what reasons those cases were closed about which somebody was asked, when they were."""
        reasons: dict[int, str] = {}
        found = set()
        query = select(event.c.case_id, event.c.name, event.c.detail).order_by(event.c.at, event.c.id)
        with self.desk.app.database.reading() as tx:
            for number, name, detail in tx.rows(query):
                if name in ("closed", "merged", "unmerged", "reopened"):
                    reasons[number] = (
                        "duplicate" if name == "merged" else json.loads(detail).get("reason", "")
                    )
                elif name == "survey sent":
                    found.add(reasons[number])
        return found
